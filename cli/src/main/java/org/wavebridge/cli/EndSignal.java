package org.wavebridge.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.wavebridge.graphs.BackendException;

/**
 * Waits to be told to end: SIGTERM or SIGINT, which would otherwise end the JVM with another exit
 * code. The classes for it are those of the module {@code jdk.unsupported}, which a compiler warns
 * of; without them the JVM ends as it always does.
 */
final class EndSignal {
  private final CountDownLatch told = new CountDownLatch(1);

  private EndSignal() {}

  /** Listens from now on. */
  static EndSignal listen() {
    EndSignal end = new EndSignal();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object counts =
          Proxy.newProxyInstance(
              EndSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  end.told.countDown();
                }
                return null;
              });
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), counts);
      }
    } catch (InvocationTargetException e) {
      throw new BackendException("signals cannot be handled: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      return end;
    }
    return end;
  }

  /** Waits until told to end, or interrupted. */
  void await() {
    try {
      told.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
