package org.wavebridge.runtime.internal.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeLibraryTest {
  private static final int MACHINE = 18; // offset of e_machine in an ELF header

  @Test
  void thereIsOneForThisMachine() {
    assertEquals(Optional.empty(), NativeLibrary.OPERATORS.missing());
  }

  /**
   * The machine that the ELF header names is the one that the folder names, for each that is
   * packed.
   */
  @ParameterizedTest
  @CsvSource({"linux-x86_64, 62", "linux-aarch64, 183"})
  void liesInTheFolderOfItsMachine(String folder, int machine) throws IOException {
    try (InputStream library =
        NativeLibrary.class.getResourceAsStream("/native/" + folder + "/libwavebridge_ops.so")) {
      assumeTrue(library != null, "not built on this machine");
      ByteBuffer header = ByteBuffer.wrap(library.readNBytes(64)).order(ByteOrder.LITTLE_ENDIAN);
      byte[] magic = new byte[4];
      header.get(magic);
      assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, magic);
      assertEquals(machine, header.getShort(MACHINE));
    }
  }
}
