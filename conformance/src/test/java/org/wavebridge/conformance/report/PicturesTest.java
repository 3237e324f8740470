package org.wavebridge.conformance.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.model.WeightMatrix;

/** Colours, axes, and maps of matrices. */
final class PicturesTest {
  /** CIE 1976 lightness of an sRGB colour. */
  private static double lightness(int colour) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double luminance = 0;
    for (int i = 0; i < 3; i++) {
      double part = (colour >> (16 - 8 * i) & 255) / 255.0;
      luminance +=
          weights[i] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return luminance > 216.0 / 24389 ? 116 * Math.cbrt(luminance) - 16 : luminance * 24389 / 27;
  }

  @Test
  void everyStepOfTheColoursIsAsMuchLighter() {
    double first = lightness(ColourMap.of(0));
    double last = lightness(ColourMap.of(1));
    assertTrue(first < 10 && last > 90, first + " to " + last);
    for (int i = 0; i <= 20; i++) {
      double expected = first + (last - first) * i / 20;
      assertEquals(expected, lightness(ColourMap.of(i / 20.0)), 0.8, "at " + i / 20.0);
    }
  }

  @Test
  void aPictureHasThePixelsOfItsValues() throws IOException {
    HeatMap map = new HeatMap(2, 3, -1, 1, new double[] {-1, 0, 1, 5, -5, Double.NaN});
    String address = map.address();
    String start = "data:image/png;base64,";
    assertTrue(address.startsWith(start));
    byte[] png = Base64.getDecoder().decode(address.substring(start.length()));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertEquals(3, image.getWidth());
    assertEquals(2, image.getHeight());
    double[] shown = {0, 0.5, 1, 1, 0, 0};
    for (int i = 0; i < shown.length; i++) {
      assertEquals(ColourMap.of(shown[i]), image.getRGB(i % 3, i / 3) & 0xffffff, "pixel " + i);
    }
  }

  @Test
  void aMapShowsWhichWeightsAreNotZero() {
    WeightMatrix matrix = WeightMatrix.dense("w", 2, 3, new float[] {1, 0, -2, 0, 0, 1e-30f});
    HeatMap map = SparsityMap.of(matrix);
    assertEquals(
        List.of(1.0, 0.0, 1.0, 0.0, 0.0, 1.0),
        java.util.Arrays.stream(map.values()).boxed().toList());
    Map<String, Object> figure = SparsityMap.figure(matrix);
    assertEquals("50.0%", figure.get("density"));
    assertEquals("", figure.get("thinned"));
  }

  /** 600 rows are 3 a pixel; 300 columns 2 a pixel. */
  @Test
  void aPixelOfALargeMatrixIsADensity() {
    int rows = 601;
    int columns = 300;
    float[] values = new float[rows * columns];
    for (int row = 0; row < 3; row++) {
      values[row * columns] = 1;
    }
    values[600 * columns + 299] = 1;
    HeatMap map = SparsityMap.of(WeightMatrix.dense("w", rows, columns, values));
    assertEquals(201, map.rows());
    assertEquals(150, map.columns());
    assertEquals(0.5, map.at(0, 0));
    assertEquals(0, map.at(0, 1));
    assertEquals(0.5, map.at(200, 149), "the last pixel is of one row only");
  }

  @Test
  void marksAreRoundAndInPlace() {
    Axis time = Axis.straight("s", -0.2, 3.3);
    assertEquals(List.of("0", "1", "2", "3"), time.marks().stream().map(Axis.Mark::label).toList());
    assertEquals(0.2 / 3.5, time.marks().get(0).place(), 1e-12);
    assertEquals(
        List.of("0.0", "0.1", "0.2", "0.3"),
        Axis.straight("s", 0, 0.37).marks().stream().map(Axis.Mark::label).toList());
    Axis errors = Axis.errors(-12, -8);
    assertEquals(
        List.of("0", "1e-10", "1e-8"), errors.marks().stream().map(Axis.Mark::label).toList());
    Axis kilohertz = Axis.linear(8000);
    assertEquals(0.5, kilohertz.place(4000));
    assertEquals("8", kilohertz.marks().get(4).label());
  }
}
