package org.wavebridge.serving.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.graphs.WaveBridgeException;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel.Opening;

/**
 * The models that are served: loaded, replaced and unloaded while streams run. A stream stays with
 * the model that it began on; a model that was replaced or unloaded goes when its streams have
 * ended. Safe for use by several threads.
 */
public final class ModelRepository implements AutoCloseable {
  /** Whether a version of a model can be used. */
  public enum State {
    /** It is loaded. */
    READY,
    /** It is being loaded. */
    LOADING,
    /** It is not loaded; the reason says why. */
    UNAVAILABLE
  }

  /**
   * A version of a model.
   *
   * @param name of the model
   * @param version number, as text
   * @param state whether it can be used
   * @param reason why not; empty where it can, or where nobody asked for it
   */
  public record Entry(String name, String version, State state, String reason) {}

  private static final Logger LOG = LoggerFactory.getLogger(ModelRepository.class);

  /** How long the streams of a model that was replaced may take to end. */
  private static final Duration RETIREMENT = Duration.ofMinutes(10);

  /** How long a model that was replaced takes the streams of requests that have found it. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final ModelPlaces places;
  private final Opening opening;
  private final Map<String, NavigableMap<String, ServedModel>> loaded = new LinkedHashMap<>();
  private final Map<String, Map<String, Entry>> states = new LinkedHashMap<>();
  private final List<Thread> retiring = new ArrayList<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private boolean draining;

  private ModelRepository(ModelPlaces places, Opening opening) {
    this.places = places;
    this.opening = opening;
  }

  /**
   * Loads all models of some paths.
   *
   * @param paths bundles, folders of numbered bundles, folders of either
   * @throws WaveBridgeException if a path is none of them, or a model cannot be loaded
   */
  public static ModelRepository open(List<Path> paths, Opening opening) {
    ModelRepository repository = new ModelRepository(new ModelPlaces(paths), opening);
    boolean opened = false;
    try {
      for (Map.Entry<String, NavigableMap<String, Path>> each :
          repository.places.find().entrySet()) {
        repository.load(each.getKey(), each.getValue());
      }
      opened = true;
      return repository;
    } finally {
      if (!opened) {
        repository.close();
      }
    }
  }

  /**
   * A loaded model.
   *
   * @param name empty for the only one
   * @param version empty for the highest
   * @throws Refusal if there is none, or it is not loaded
   */
  public synchronized ServedModel model(String name, String version) {
    if (draining) {
      throw new Refusal(Kind.UNAVAILABLE, "the server is about to end; ask another one");
    }
    if (name.isEmpty() && loaded.size() != 1) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "model: expected the name of one of %d models: %s"
              .formatted(loaded.size(), String.join(", ", loaded.keySet())));
    }
    NavigableMap<String, ServedModel> versions =
        name.isEmpty() ? loaded.values().iterator().next() : loaded.get(name);
    if (versions == null) {
      throw new Refusal(
          Kind.NOT_FOUND,
          "no model '%s' is loaded; there is %s"
              .formatted(cut(name), String.join(", ", loaded.keySet())));
    }
    ServedModel model =
        version.isEmpty()
            ? versions.lastEntry().getValue()
            : version.matches("[1-9]\\d{0,17}") ? versions.get(version) : null;
    if (model == null) {
      throw new Refusal(
          Kind.NOT_FOUND,
          "model '%s' has no version '%s'; there is %s"
              .formatted(
                  versions.lastEntry().getValue().name(),
                  cut(version),
                  String.join(", ", versions.keySet())));
    }
    return model;
  }

  /** The versions of a model that are loaded, ascending; none if there is no such model. */
  public synchronized List<String> versions(String name) {
    NavigableMap<String, ServedModel> versions = loaded.get(name);
    return versions == null ? List.of() : List.copyOf(versions.keySet());
  }

  /** All loaded models, in the order of the paths. */
  public synchronized List<ServedModel> models() {
    return loaded.values().stream().flatMap(versions -> versions.values().stream()).toList();
  }

  /** Whether every model that was asked for is loaded, and new streams are taken. */
  public synchronized boolean ready() {
    return !draining
        && !loaded.isEmpty()
        && states.values().stream()
            .flatMap(versions -> versions.values().stream())
            .allMatch(each -> each.state == State.READY || each.reason.isEmpty());
  }

  /**
   * Every version of every model on disk or in memory.
   *
   * @throws org.wavebridge.graphs.BundleException if a folder cannot be read
   */
  public List<Entry> index() {
    Map<String, NavigableMap<String, Path>> found = places.find();
    List<Entry> entries = new ArrayList<>();
    synchronized (this) {
      states.values().forEach(versions -> entries.addAll(versions.values()));
      found.forEach(
          (name, versions) ->
              versions.keySet().stream()
                  .filter(version -> !states.getOrDefault(name, Map.of()).containsKey(version))
                  .forEach(
                      version -> entries.add(new Entry(name, version, State.UNAVAILABLE, ""))));
    }
    return entries;
  }

  /**
   * Loads a model from disk, in place of what is loaded of it. Takes seconds; the old versions
   * serve meanwhile, and stay where a new one cannot be loaded.
   *
   * @throws Refusal if there is no such model
   * @throws WaveBridgeException if a version of it cannot be loaded
   */
  public void load(String name) {
    NavigableMap<String, Path> versions = places.find().get(name);
    if (versions == null) {
      throw new Refusal(
          Kind.NOT_FOUND,
          "there is no model '%s' where models are served from".formatted(cut(name)));
    }
    load(name, versions);
  }

  private void load(String name, NavigableMap<String, Path> paths) {
    NavigableMap<String, ServedModel> opened = new TreeMap<>(paths.comparator());
    boolean whole = false;
    try {
      for (Map.Entry<String, Path> each : paths.entrySet()) {
        opened.put(each.getKey(), open(name, each.getKey(), each.getValue()));
      }
      whole = true;
    } finally {
      if (!whole) {
        opened.values().forEach(model -> model.retire(Duration.ZERO));
      }
    }
    NavigableMap<String, ServedModel> before;
    synchronized (this) {
      if (draining) {
        before = opened;
      } else {
        before = loaded.put(name, opened);
        Map<String, Entry> ready = new LinkedHashMap<>();
        opened
            .keySet()
            .forEach(version -> ready.put(version, new Entry(name, version, State.READY, "")));
        states.put(name, ready);
      }
    }
    if (before != null) {
      retire(List.copyOf(before.values()));
    }
  }

  private ServedModel open(String name, String version, Path path) {
    state(new Entry(name, version, State.LOADING, ""), false);
    try {
      ServedModel model = ServedModel.open(name, version, path, opening);
      LOG.info("loaded {} version {} from {}: {}", name, version, path, model.precisions());
      return model;
    } catch (WaveBridgeException e) {
      state(new Entry(name, version, State.UNAVAILABLE, String.valueOf(e.getMessage())), true);
      throw e;
    }
  }

  /** Notes a state, but where a loaded version goes on serving. */
  private synchronized void state(Entry entry, boolean failed) {
    NavigableMap<String, ServedModel> serving = loaded.get(entry.name);
    boolean serves = serving != null && serving.containsKey(entry.version);
    if (serves) {
      if (failed) {
        LOG.warn("{} stays as it was: {}", entry.name, PlainText.line(entry.reason));
      }
      return;
    }
    states.computeIfAbsent(entry.name, each -> new LinkedHashMap<>()).put(entry.version, entry);
  }

  /**
   * Unloads all versions of a model; its streams come to their end.
   *
   * @throws Refusal if it is not loaded
   */
  public void unload(String name) {
    NavigableMap<String, ServedModel> versions;
    synchronized (this) {
      versions = loaded.remove(name);
      if (versions == null) {
        throw new Refusal(Kind.NOT_FOUND, "no model '%s' is loaded".formatted(cut(name)));
      }
      states.remove(name);
    }
    retire(List.copyOf(versions.values()));
  }

  private synchronized void retire(List<ServedModel> models) {
    Thread thread = new Thread(() -> retireSoon(models), "wavebridge-retiring");
    thread.setDaemon(true);
    retiring.removeIf(each -> !each.isAlive());
    retiring.add(thread);
    thread.start();
  }

  private void retireSoon(List<ServedModel> models) {
    try {
      boolean unused = ending.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    models.forEach(model -> model.retire(RETIREMENT));
  }

  /**
   * Takes no more streams and waits until the live ones have ended.
   *
   * @param most time to wait
   * @return whether all have ended
   */
  public boolean drain(Duration most) {
    List<ServedModel> models;
    synchronized (this) {
      draining = true;
      ending.countDown();
      models = models();
      loaded.clear();
    }
    long end = System.nanoTime() + most.toNanos();
    boolean ended = true;
    for (ServedModel model : models) {
      ended &= model.retire(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
    List<Thread> threads;
    synchronized (this) {
      threads = List.copyOf(retiring);
    }
    for (Thread thread : threads) {
      ended &= ended(thread, end);
    }
    return ended;
  }

  /** Waits for a thread, and interrupts it when its time is over. */
  private static boolean ended(Thread thread, long end) {
    try {
      thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      boolean ended = !thread.isAlive();
      thread.interrupt();
      thread.join();
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends all streams and unloads all models. */
  @Override
  public void close() {
    drain(Duration.ZERO);
  }

  private static String cut(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "...";
  }
}
