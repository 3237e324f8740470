package org.wavebridge.conformance.report;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.CaseResult.Status;
import org.wavebridge.conformance.suite.TargetResult;

/** A run in the XML that build servers know from JUnit: a suite a target, a test a case. */
final class JUnitReport {
  private final XMLStreamWriter xml;

  private JUnitReport(XMLStreamWriter xml) {
    this.xml = xml;
  }

  static String of(List<TargetResult> results) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      for (TargetResult result : results) {
        new JUnitReport(xml).suite(result);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("XML in memory cannot fail", e);
    }
    return text + "\n";
  }

  private void suite(TargetResult result) throws XMLStreamException {
    xml.writeStartElement("testsuite");
    attribute("name", "wavebridge conform " + result.target());
    attribute("tests", Integer.toString(result.cases().size()));
    attribute("failures", Long.toString(result.count(Status.FAILED)));
    attribute("errors", "0");
    attribute("skipped", Long.toString(result.count(Status.SKIPPED)));
    attribute("time", seconds(result.seconds()));
    for (CaseResult each : result.cases()) {
      test(result.target(), each);
    }
    xml.writeEndElement();
  }

  private void test(String target, CaseResult result) throws XMLStreamException {
    xml.writeStartElement("testcase");
    attribute("classname", "wavebridge." + target);
    attribute("name", result.name());
    attribute("time", seconds(result.seconds()));
    if (result.failed()) {
      xml.writeStartElement("failure");
      attribute("message", result.failure());
      xml.writeCharacters(clean("Catches " + result.catches() + "."));
      xml.writeEndElement();
    } else if (result.status() == Status.SKIPPED) {
      xml.writeEmptyElement("skipped");
      attribute("message", result.message());
    }
    xml.writeEndElement();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, clean(value));
  }

  /** XML has no place for most control characters, which another program's message may hold. */
  private static String clean(String text) {
    return text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD]", "?");
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }
}
