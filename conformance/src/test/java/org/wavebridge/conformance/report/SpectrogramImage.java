package org.wavebridge.conformance.report;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.wavebridge.runtime.io.Waveform;

/**
 * Spectrograms side by side with their axes, for pages that can show nothing but a picture. Marks
 * are written in letters of its own, since fonts differ from machine to machine; around the
 * spectrograms the picture is transparent, with marks that can be read on light and dark grounds.
 */
final class SpectrogramImage {
  private static final int PANEL = 420;
  private static final int LEFT = 34;
  private static final int BOTTOM = 22;
  private static final int TOP = 8;
  private static final int GAP = 16;
  private static final int RIGHT = 22;

  /** Fewer colours than a page has make a smaller file. */
  private static final int COLOURS = 64;

  private static final int INK = COLOURS;
  private static final int NOTHING = COLOURS + 1;
  private static final int GREY = 0x7d848d;

  /** Letters of 3 x 5 dots, by rows. */
  private static final Map<Character, String> LETTERS =
      Map.ofEntries(
          Map.entry('0', "### #.# #.# #.# ###"),
          Map.entry('1', ".#. ##. .#. .#. ###"),
          Map.entry('2', "### ..# ### #.. ###"),
          Map.entry('3', "### ..# .## ..# ###"),
          Map.entry('4', "#.# #.# ### ..# ..#"),
          Map.entry('5', "### #.. ### ..# ###"),
          Map.entry('6', "### #.. ### #.# ###"),
          Map.entry('7', "### ..# ..# .#. .#."),
          Map.entry('8', "### #.# ### #.# ###"),
          Map.entry('9', "### #.# ### ..# ###"),
          Map.entry('.', "... ... ... ... .#."),
          Map.entry('s', "... ### #.. ..# ###"),
          Map.entry('k', "#.. #.# ##. ##. #.#"),
          Map.entry('H', "#.# #.# ### #.# #.#"),
          Map.entry('z', "... ### ..# #.. ###"),
          Map.entry(' ', "... ... ... ... ..."));

  private static final int DOT = 2;

  private final byte[] pixels;
  private final int width;
  private final int height;

  private SpectrogramImage(int panels, int rows) {
    width = LEFT + panels * PANEL + (panels - 1) * GAP + RIGHT;
    height = TOP + rows + BOTTOM;
    pixels = new byte[width * height];
    Arrays.fill(pixels, (byte) NOTHING);
  }

  /**
   * Draws sounds of one sample rate, from 0 to the same second and from 0 Hz to half the rate.
   *
   * @return an indexed picture
   */
  static BufferedImage of(List<Waveform> sounds) {
    double seconds = sounds.stream().mapToDouble(Waveform::seconds).max().orElse(1);
    Axis time = Axis.straight("s", 0, seconds);
    Axis frequency = Axis.linear(sounds.get(0).sampleRate() / 2.0);
    List<HeatMap> maps =
        sounds.stream().map(sound -> Spectrogram.of(sound, time, frequency)).toList();
    double loudest = maps.stream().mapToDouble(HeatMap::high).max().orElse(0);
    SpectrogramImage image = new SpectrogramImage(maps.size(), maps.get(0).rows());
    for (int panel = 0; panel < maps.size(); panel++) {
      int left = LEFT + panel * (PANEL + GAP);
      image.panel(maps.get(panel), loudest, left);
      for (Axis.Mark mark : time.marks()) {
        image.below(left + (int) Math.round(mark.place() * (PANEL - 1)), mark.label(), "s", time);
      }
    }
    for (Axis.Mark mark : frequency.marks()) {
      image.beside(mark);
    }
    return image.picture();
  }

  /** Draws a spectrogram; the lightest colour is the same in all. */
  private void panel(HeatMap own, double loudest, int left) {
    HeatMap map =
        new HeatMap(
            own.rows(), own.columns(), loudest + own.low() - own.high(), loudest, own.values());
    for (int y = 0; y < map.rows(); y++) {
      for (int x = 0; x < PANEL; x++) {
        int level = map.level(y, x * map.columns() / PANEL);
        pixels[(TOP + y) * width + left + x] = (byte) (level * COLOURS / ColourMap.LEVELS);
      }
    }
  }

  private void below(int x, String label, String unit, Axis axis) {
    int bottom = height - BOTTOM;
    for (int y = 0; y < 4; y++) {
      pixels[(bottom + y) * width + x] = (byte) INK;
    }
    boolean last = label.equals(axis.marks().get(axis.marks().size() - 1).label());
    String text = last ? label + " " + unit : label;
    write(text, x - label.length() * 4 * DOT / 2, bottom + 8);
  }

  private void beside(Axis.Mark mark) {
    int y = TOP + (int) Math.round((1 - mark.place()) * (height - TOP - BOTTOM - 1));
    for (int x = LEFT - 4; x < LEFT; x++) {
      pixels[y * width + x] = (byte) INK;
    }
    write(mark.label(), LEFT - 8 - mark.label().length() * 4 * DOT, y - 5);
  }

  private void write(String text, int left, int top) {
    for (int i = 0; i < text.length(); i++) {
      String[] rows = LETTERS.getOrDefault(text.charAt(i), "").split(" ");
      for (int y = 0; y < 5 * DOT; y++) {
        for (int x = 0; x < 3 * DOT; x++) {
          if (rows[y / DOT].charAt(x / DOT) == '#') {
            pixels[Math.max(0, top + y) * width + left + i * 4 * DOT + x] = (byte) INK;
          }
        }
      }
    }
  }

  private BufferedImage picture() {
    int[] palette = new int[NOTHING + 1];
    for (int i = 0; i < COLOURS; i++) {
      palette[i] = 0xff000000 | ColourMap.of(i / (COLOURS - 1.0));
    }
    palette[INK] = 0xff000000 | GREY;
    BufferedImage image =
        new BufferedImage(
            width,
            height,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, palette.length, palette, 0, true, NOTHING, 0));
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    return image;
  }
}
