package org.wavebridge.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.FeatureCheck;
import org.wavebridge.runtime.FeatureScale;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.bulk.BulkResult;
import org.wavebridge.runtime.bulk.BulkRow;
import org.wavebridge.runtime.bulk.BulkVocoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/**
 * Makes the rows of a partition, in an executor.
 *
 * @param given the columns of the rows that come; a row need not know them itself
 * @param made those of the rows that go
 */
record VocodePartition(
    ShippedBundle bundle,
    VocodeSettings settings,
    VocodeColumns columns,
    StructType given,
    StructType made,
    SerializableConfiguration hadoop)
    implements MapPartitionsFunction<Row, Row> {
  private static final int WAV_HEADER = 44;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    Vocoder vocoder = ExecutorVocoders.of(bundle, settings.opening(TaskContext.get().cpus()));
    BulkVocoder maker = new BulkVocoder(vocoder, settings.generate(), settings.rows());
    return mapped(maker.make(mapped(rows, row -> row(vocoder, row))), this::result);
  }

  private static <A, B> Iterator<B> mapped(Iterator<A> given, Function<A, B> function) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return given.hasNext();
      }

      @Override
      public B next() {
        return function.apply(given.next());
      }
    };
  }

  private BulkRow<Row> row(Vocoder vocoder, Row row) {
    Object key = cell(row, columns.key());
    String name = "row '" + key + "'";
    try {
      Optional<SpeakerEmbedding> speaker =
          columns.speaker() == null
              ? Optional.empty()
              : Optional.of(FeatureCell.speaker(cell(row, columns.speaker()), name));
      return new BulkRow<>(row, String.valueOf(key), () -> features(vocoder, row, key), speaker);
    } catch (InputException e) {
      return new BulkRow<>(
          row,
          String.valueOf(key),
          () -> {
            throw e;
          },
          Optional.empty());
    }
  }

  private Features features(Vocoder vocoder, Row row, @Nullable Object key) {
    if (key == null) {
      throw new InputException(
          "expected a key in column '%s', found null".formatted(columns.key()));
    }
    String name = "row '" + key + "'";
    int mels = vocoder.manifest().features().mels();
    Features features =
        FeatureCell.features(cell(row, columns.features()), mels, name, hadoop.value());
    FeatureScale scale = settings.scale();
    FeatureCheck check = scale == null ? vocoder.check(features) : vocoder.check(features, scale);
    if (settings.strict() && check.otherScale()) {
      throw new InputException(name + ": " + check.message());
    }
    return scale == null ? features : vocoder.converted(features, scale);
  }

  private @Nullable Object cell(Row row, String column) {
    return row.get(given.fieldIndex(column));
  }

  private Row result(BulkResult<Row> result) {
    Row origin = result.row().origin();
    List<@Nullable Object> cells = new ArrayList<>();
    for (int i = 0; i < origin.length(); i++) {
      cells.add(origin.get(i));
    }
    cells.add(result.waveform().map(this::bytes).orElse(null));
    cells.add(result.waveform().map(Waveform::sampleRate).orElse(null));
    cells.add(result.seed());
    cells.add(result.waveform().isPresent() ? null : result.reason());
    return new GenericRowWithSchema(cells.toArray(), made);
  }

  private byte[] bytes(Waveform waveform) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      WavFile.write(out, waveform);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] wav = out.toByteArray();
    return switch (columns.form()) {
      case WAV -> wav;
      case PCM -> Arrays.copyOfRange(wav, WAV_HEADER, wav.length);
    };
  }
}
