package org.wavebridge.runtime.internal.tensorrt;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.tensorrt.nvinfer.IPluginV3;

/** The plugins on the emulated GPU, deleted together. */
final class HostedPlugins implements AutoCloseable {
  private final List<Long> plugins = new ArrayList<>();

  /** Takes over a plugin. */
  IPluginV3 own(IPluginV3 plugin) {
    if (plugin == null || plugin.isNull()) {
      throw new AssertionError("no plugin was made");
    }
    plugins.add(plugin.address());
    return plugin;
  }

  @Override
  public void close() {
    plugins.forEach(HostedPlugins::delete);
  }

  /** The creator of a plugin by its place in the library; 0 if there are not so many. */
  static native long creator(int index);

  private static native void delete(long plugin);
}
