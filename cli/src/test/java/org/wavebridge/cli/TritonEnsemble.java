package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wavebridge.cli.OnnxGraph.Array;

/** A model of a repository that runs others, as Triton runs it by its configuration. */
final class TritonEnsemble implements TritonStreams {
  private final Message config;
  private final List<Step> steps = new ArrayList<>();

  private record Step(TritonModel model, Message of) {
    /** The tensors of a request that the step is given. */
    Map<String, Array> given(Map<String, Array> known) {
      Map<String, Array> inputs = new HashMap<>();
      for (Message entry : TritonModel.messages(of, "input_map")) {
        inputs.put(TritonModel.text(entry, "key"), known.get(TritonModel.text(entry, "value")));
      }
      return inputs;
    }

    void take(Map<String, Array> made, Map<String, Array> known) {
      for (Message entry : TritonModel.messages(of, "output_map")) {
        known.put(TritonModel.text(entry, "value"), made.get(TritonModel.text(entry, "key")));
      }
    }
  }

  /**
   * Loads the models that it runs.
   *
   * @param root where the configurations say that the repository lies
   * @param plan the graph that ONNX Runtime runs in place of a plan
   */
  TritonEnsemble(Path repository, String root, String name, Path plan)
      throws IOException, OrtException {
    config = TritonSchema.parse(Files.readString(repository.resolve(name).resolve("config.pbtxt")));
    assertEquals("ensemble", TritonModel.text(config, "platform"));
    assertTrue(Files.isDirectory(repository.resolve(name).resolve("1")));
    Message scheduling = (Message) TritonModel.get(config, "ensemble_scheduling");
    for (Message step : TritonModel.messages(scheduling, "step")) {
      String model = TritonModel.text(step, "model_name");
      steps.add(new Step(new TritonModel(repository, root, model, plan), step));
      assertTrue(steps.get(steps.size() - 1).model.rows() >= rows(), "rows of " + model);
    }
  }

  private int rows() {
    return (Integer) TritonModel.get(config, "max_batch_size");
  }

  @Override
  public String parameter(String key) {
    return TritonModel.parameter(config, key);
  }

  /** Requests that share the calls of each model. */
  List<Map<String, Array>> run(List<Map<String, Array>> requests) throws OrtException, IOException {
    List<TritonModel.Next> alone = new ArrayList<>();
    for (Map<String, Array> request : requests) {
      alone.add(new TritonModel.Next(alone.size(), true, true, request));
    }
    return runSequences(alone);
  }

  /** The next requests of streams: each step is told what sequence a request is of. */
  @Override
  public List<Map<String, Array>> runSequences(List<TritonModel.Next> requests)
      throws OrtException, IOException {
    assertTrue(requests.size() <= rows());
    List<Map<String, Array>> known = new ArrayList<>();
    for (TritonModel.Next request : requests) {
      names("input").forEach(name -> assertTrue(request.inputs().containsKey(name), name));
      known.add(new HashMap<>(request.inputs()));
    }
    for (Step step : steps) {
      List<TritonModel.Next> given = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        TritonModel.Next next = requests.get(i);
        Map<String, Array> inputs = step.given(known.get(i));
        given.add(new TritonModel.Next(next.sequence(), next.start(), next.end(), inputs));
      }
      List<Map<String, Array>> made =
          step.model.hasSequences()
              ? step.model.runSequences(given)
              : step.model.run(given.stream().map(TritonModel.Next::inputs).toList());
      for (int i = 0; i < made.size(); i++) {
        step.take(made.get(i), known.get(i));
      }
    }
    known.forEach(each -> assertTrue(each.keySet().containsAll(names("output"))));
    return known;
  }

  private Set<String> names(String field) {
    Set<String> names = new HashSet<>();
    TritonModel.messages(config, field).forEach(each -> names.add(TritonModel.text(each, "name")));
    return names;
  }

  @Override
  public void close() throws OrtException {
    for (Step step : steps) {
      step.model.close();
    }
  }
}
