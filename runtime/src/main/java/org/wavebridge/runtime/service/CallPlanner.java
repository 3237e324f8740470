package org.wavebridge.runtime.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.runtime.service.Engine.Format;

/**
 * Chooses the next call: which rows, and how many frames. The row that is due first leads; others
 * that have as many frames ready join it in the order in which they are due. Of the calls that
 * leave nobody dry, by what calls are known to take, the one is taken that makes the most sound for
 * its time. Times are nanoseconds. Nothing here decides what a row gives.
 */
final class CallPlanner {
  private static final int[] FRAMES = {32, 24, 16, 12, 8, 6, 4, 3, 2, 1};

  private final Format format;
  private final CallCosts costs;
  private final long longest;

  /**
   * A planner.
   *
   * @param longest time of a call, where it can be so short: a new stream waits for it
   */
  CallPlanner(Format format, CallCosts costs, long longest) {
    this.format = format;
    this.costs = costs;
    this.longest = longest;
  }

  /**
   * A stream of which samples can be made.
   *
   * @param slack time until they should be there; below 0 when they are late
   * @param frames that are ready; 0 where only the rest of an ended stream is left
   * @param begun whether it has had samples
   */
  record Candidate(ServiceStream stream, long slack, int frames, boolean begun) {}

  /** A call. */
  record Plan(List<Candidate> rows, int frames) {}

  /**
   * The next call.
   *
   * @param candidates in the order in which they are due
   * @param busy rows that are in other calls now
   * @param slowness what calls take now, compared with the costs
   * @return empty if there are no candidates
   */
  Optional<Plan> plan(List<Candidate> candidates, int busy, double slowness) {
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    Candidate lead = candidates.get(0);
    if (!format.together() || lead.frames == 0) {
      int frames = Math.min(lead.frames, alone(lead, slowness));
      return Optional.of(new Plan(List.of(lead), frames));
    }
    // Workers share what there is to do.
    int share = (candidates.size() + busy + costs.workers() - 1) / costs.workers();
    int most = Math.min(costs.rows(), Math.max(1, share));
    Search first = new Search(candidates, lead, most, slowness);
    if (!lead.begun && first.dries()) {
      // A new stream waits while another would run dry.
      for (Candidate each : candidates) {
        if (each.begun && each.frames > 0) {
          return Optional.of(new Search(candidates, each, most, slowness).best());
        }
      }
    }
    return Optional.of(first.best());
  }

  /** Frames of a call of one row; the first one is short. */
  private int alone(Candidate row, double slowness) {
    return row.begun ? fitting(FRAMES[0], longest, slowness) : start(slowness);
  }

  /** Frames of a stream's first call: its sound lasts until the next one has been made. */
  private int start(double slowness) {
    int lasting = (int) Math.max(1, Math.ceil(3e-9 * longest / format.frameSeconds()));
    return fitting(Math.min(lasting, FRAMES[0]), longest / 2, slowness);
  }

  /** The most frames of a call of one row that takes no longer than a time; at least 1. */
  private int fitting(int most, long time, double slowness) {
    int frames = most;
    while (frames > 1 && nanos(1, frames, slowness) > time) {
      frames--;
    }
    return frames;
  }

  /** Calls should end so long before sound runs dry. */
  private long margin() {
    return longest / 2;
  }

  private long nanos(int rows, int frames, double slowness) {
    return (long) (costs.seconds(rows, frames) * slowness * 1e9);
  }

  /** The best call so far: first of those in time, then of those that are not too long. */
  private final class Search {
    private final List<Candidate> candidates;
    private final Candidate lead;
    private final double slowness;
    private final int start;
    private Plan best;
    private int bestGrade = 4;
    private boolean bestDries;
    private double bestSpeed;

    Search(List<Candidate> candidates, Candidate lead, int most, double slowness) {
      this.candidates = candidates;
      this.lead = lead;
      this.slowness = slowness;
      this.start = start(slowness);
      this.best = new Plan(List.of(lead), 1);
      for (int frames : FRAMES) {
        if (frames <= lead.frames) {
          tryFrames(frames, most);
        }
      }
      if (!lead.begun) {
        tryFrames(wanted(lead), most);
      }
    }

    Plan best() {
      return best;
    }

    /** Whether somebody runs dry during the call. */
    boolean dries() {
      return bestDries;
    }

    private void tryFrames(int frames, int most) {
      List<Candidate> rows = new ArrayList<>(List.of(lead));
      // The slack of those that play and stay out.
      long others = Long.MAX_VALUE;
      for (Candidate each : candidates) {
        boolean joins =
            rows.size() < most
                && each.stream != lead.stream
                && each.frames >= frames
                && (each.begun || frames >= wanted(each));
        if (joins) {
          rows.add(each);
        } else if (each.begun && each.stream != lead.stream) {
          others = Math.min(others, each.slack);
        }
      }
      consider(rows, frames, others);
      for (int count = Integer.highestOneBit(rows.size() - 1); count > 0; count /= 2) {
        for (Candidate out : rows.subList(count, rows.size())) {
          others = Math.min(others, out.begun ? out.slack : Long.MAX_VALUE);
        }
        consider(rows.subList(0, count), frames, others);
      }
    }

    /** Frames of a stream's first call. */
    private int wanted(Candidate row) {
      return Math.min(start, row.frames);
    }

    private void consider(List<Candidate> rows, int frames, long others) {
      long time = nanos(rows.size(), frames, slowness);
      long spare = others - nanos(1, 1, slowness) - margin();
      boolean dries = (lead.begun && time > lead.slack - margin()) || (spare >= 0 && time > spare);
      boolean fits = time <= (lead.begun ? longest : longest / 2);
      boolean lasts = lead.begun || frames >= wanted(lead);
      int grade = (fits ? 0 : 2) + (dries || !lasts ? 1 : 0);
      double speed = (double) rows.size() * frames / time;
      if (grade >= 2) {
        // What does not fit is the worse the longer it takes.
        speed = 1.0 / time;
      } else if (grade == 0 && !lead.begun) {
        // First sound is soonest with few frames; more rows cost it little.
        speed /= frames;
      }
      if (grade < bestGrade || (grade == bestGrade && speed > bestSpeed)) {
        best = new Plan(List.copyOf(rows), frames);
        bestGrade = grade;
        bestDries = dries;
        bestSpeed = speed;
      }
    }
  }
}
