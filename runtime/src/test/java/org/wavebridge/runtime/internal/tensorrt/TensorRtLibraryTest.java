package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.tensorrt.nvinfer.IPluginCreatorInterface;
import org.bytedeco.tensorrt.nvinfer.IPluginCreatorV3One;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.GpuOperators;

/** TensorRT itself without a GPU; only with the profile {@code tensorrt}. */
final class TensorRtLibraryTest {
  private static TensorRtLibrary library;

  @BeforeAll
  static void load() {
    library = HostedTensorRt.whole();
  }

  @Test
  void saysItsVersion() {
    assertTrue(library.version().startsWith("10.15."), library.version());
  }

  @Test
  void takesOurPluginsIntoItsRegistry() {
    for (String name : GpuOperators.PLUGINS) {
      IPluginCreatorInterface creator =
          TensorRtLibrary.registry().getCreator(name, "1", "org.wavebridge");
      assertFalse(creator == null || creator.isNull(), name);
      assertEquals("PLUGIN CREATOR_V3ONE", creator.getInterfaceInfo().kind());
      assertEquals(name, new IPluginCreatorV3One(creator).getPluginName());
    }
    assertTrue(isNull(TensorRtLibrary.registry().getCreator("DualSoftmaxGenerate", "2", "")));
  }

  private static boolean isNull(IPluginCreatorInterface creator) {
    return creator == null || creator.isNull();
  }

  @Test
  void refusesToBuildWithoutAGpu() {
    assumeTrue(Requirements.missing().isPresent(), "this machine has all that is needed");
    GraphException refused =
        assertThrows(
            GraphException.class,
            () ->
                new EngineBuilder(library, "voice: step")
                    .build(
                        new byte[1], List.of(), new SizeRange(new TreeMap<>()), Optional.empty()));
    assertTrue(
        refused.getMessage().startsWith("voice: step: TensorRT makes no builder"),
        refused.getMessage());
    assertThrows(BackendException.class, () -> new TensorRtBackendProvider().create(1));
  }
}
