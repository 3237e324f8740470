/**
 * The reports of a run of the suite, for people and machines: {@code report.json}, {@code
 * junit.xml} and one HTML page. Start with {@link org.wavebridge.conformance.report.ReportFolder}.
 *
 * <p>And the pages of other commands, in the same look, with their plots and pictures. They get
 * values and gather none. Start with {@link org.wavebridge.conformance.report.VocodePage}.
 */
@NullMarked
package org.wavebridge.conformance.report;

import org.jspecify.annotations.NullMarked;
