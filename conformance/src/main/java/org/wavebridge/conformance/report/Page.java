package org.wavebridge.conformance.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A page that needs no network and runs no script, in the style of all pages: light or dark as its
 * reader's screen is, narrow or wide, and on paper.
 */
final class Page {
  private Page() {}

  /**
   * Fills in a template.
   *
   * @param template its name; what it is made of lies beside this class
   * @param heading of the page
   * @param values that the template names; texts are escaped where they are put in
   */
  static String of(String template, String heading, Map<String, Object> values) {
    Map<String, Object> page = new HashMap<>(values);
    page.put("heading", heading);
    page.put("scale", ColourMap.gradient());
    try (Reader reader = open(template)) {
      return Mustache.compiler()
          .withEscaper(Chart::escaped)
          .emptyStringIsFalse(true)
          .withLoader(Page::open)
          .compile(reader)
          .execute(page);
    } catch (IOException e) {
      throw new IllegalStateException("the jar's " + template + " cannot be read", e);
    }
  }

  private static Reader open(String name) {
    InputStream in = Page.class.getResourceAsStream(name + ".html.mustache");
    if (in == null) {
      throw new IllegalStateException("the jar lacks " + name);
    }
    return new InputStreamReader(in, StandardCharsets.UTF_8);
  }
}
