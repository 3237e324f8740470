/**
 * The reports of a run, for people and machines: {@code report.json}, {@code junit.xml} and one
 * HTML page that needs no network. Start with {@link
 * org.wavebridge.conformance.report.ReportFolder}.
 */
@NullMarked
package org.wavebridge.conformance.report;

import org.jspecify.annotations.NullMarked;
