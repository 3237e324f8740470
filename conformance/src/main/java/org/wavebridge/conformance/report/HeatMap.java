package org.wavebridge.conformance.report;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Values as a picture: one pixel each, coloured by {@link ColourMap}.
 *
 * @param rows of pixels, the uppermost first
 * @param columns of pixels
 * @param low the value of the darkest colour
 * @param high the value of the lightest colour
 * @param values row-major, {@code rows * columns}; beyond the limits they have the limits' colours
 */
record HeatMap(int rows, int columns, double low, double high, double[] values) {
  HeatMap {
    if (values.length != Math.multiplyExact(rows, columns) || !(high > low)) {
      throw new IllegalArgumentException(
          "expected %d x %d values and %s < %s, found %d values"
              .formatted(rows, columns, low, high, values.length));
    }
  }

  /** The value of a pixel. */
  double at(int row, int column) {
    return values[row * columns + column];
  }

  /** The number of a pixel's colour. */
  int level(int row, int column) {
    return ColourMap.level((at(row, column) - low) / (high - low));
  }

  /** The picture as the {@code src} of an image. */
  String address() {
    BufferedImage image =
        new BufferedImage(columns, rows, BufferedImage.TYPE_BYTE_INDEXED, palette());
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        pixels[row * columns + column] = (byte) level(row, column);
      }
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(image));
  }

  private static IndexColorModel palette() {
    int[] colours = new int[ColourMap.LEVELS];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = ColourMap.of((double) i / (colours.length - 1));
    }
    return new IndexColorModel(8, colours.length, colours, 0, false, -1, 0);
  }

  /** A picture as a PNG file. */
  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("this Java has no writer of PNG");
      }
    } catch (IOException e) {
      throw new IllegalStateException("a picture in memory cannot fail", e);
    }
    return bytes.toByteArray();
  }
}
