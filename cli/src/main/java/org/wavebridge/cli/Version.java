package org.wavebridge.cli;

import picocli.CommandLine.IVersionProvider;

/** The version, from the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {producer()};
  }

  /** Program and version, as bundles record it. */
  static String producer() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "wavebridge " + (version == null ? "development" : version);
  }
}
