package org.wavebridge.exporter.family;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The names in a configuration, sorted for a family: settings it reads; the project's own, which
 * have no effect on a trained vocoder (training, speech synthesis, how recordings were cut); slips;
 * or unknown.
 *
 * @param own names of the project's own settings
 * @param slips names that nearly are a setting's, with that
 * @param unknown all others
 */
record OwnSettings(Set<String> own, Map<String, String> slips, Set<String> unknown) {
  /** The names that projects have beside the settings that families read. */
  private static final Pattern OWN =
      Pattern.compile(
          "tts_.*|forward_.*|vad_.*|(should_)?trim_.*|do_trim.*|duration_.*|metafile|"
              + "wav_path|data_path|output_path|(voc|tts)_model_id|ignore_tts|tts_model|fft_bins|amp|amp_level|"
              + "voc_(batch_size|lr|init_lr|final_lr|checkpoint_every|gen_at_checkpoint|gen_num_samples|total_steps|"
              + "test_samples|seq_len|clip_grad_norm|init_weights_path|keep_n_models|top_k|model|multiband|training)|"
              + "(batch|group|num)_(size|workers)|epochs|nepochs|lr|learning_rate|seed|version|comment|"
              + "griffin_lim_iters|gl_iters|power|num_freq|frame_length(_ms)?|frame_shift_ms|"
              + "n_test|max_mel_len|mel_dim_last|use_speaker_.*|se_.*|log_dir|run_name|datasets?");

  /** Names of which a slip would make a setting. */
  private static final Set<String> NEAR_BUT_OWN = Set.of("model", "fft_bins", "frame_length");

  /**
   * Sorts names.
   *
   * @param config a configuration, flat
   */
  static OwnSettings of(Family family, Map<String, Object> config) {
    Set<String> own = new TreeSet<>();
    Map<String, String> slips = new TreeMap<>();
    Set<String> unknown = new TreeSet<>();
    Set<String> missing = new TreeSet<>(family.settings());
    missing.removeAll(config.keySet());
    Set<String> parts = new TreeSet<>();
    family.parts().keySet().forEach(path -> parts.add(path.split("\\.", -1)[0]));
    parts.removeAll(config.keySet());
    config.forEach(
        (name, value) -> {
          if (family.settings().contains(name)) {
            return;
          }
          boolean known = OWN.matcher(name).matches() || NEAR_BUT_OWN.contains(name);
          var near = Spelling.nearest(name, value instanceof Map<?, ?> ? parts : missing);
          if (!known && near.isPresent()) {
            slips.put(name, near.get());
          } else if (known || value instanceof Map<?, ?> || family.ignores(name)) {
            own.add(name);
          } else {
            unknown.add(name);
          }
        });
    return new OwnSettings(own, slips, unknown);
  }

  /**
   * A configuration whose parts are laid out at the top.
   *
   * @param parts paths of those that hold settings, with what a project puts before their names
   *     elsewhere
   * @param settings the names that this makes a difference to
   */
  static Map<String, Object> flat(
      Map<String, Object> config, Map<String, String> parts, Set<String> settings) {
    Map<String, Object> flat = new LinkedHashMap<>();
    lay(config, "", "", parts, settings, flat);
    return flat;
  }

  private static void lay(
      Map<?, ?> from,
      String path,
      String prefix,
      Map<String, String> parts,
      Set<String> settings,
      Map<String, Object> to) {
    from.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          String full = settings.contains(prefix + name) ? prefix + name : name;
          if (!(value instanceof Map<?, ?>) || !parts.containsKey(path + name)) {
            if (value != null || !to.containsKey(full)) {
              to.put(full, value);
            }
          }
        });
    from.forEach(
        (key, value) -> {
          String at = path + key;
          if (value instanceof Map<?, ?> nested && parts.containsKey(at)) {
            lay(nested, at + ".", parts.get(at), parts, settings, to);
          }
        });
  }
}
