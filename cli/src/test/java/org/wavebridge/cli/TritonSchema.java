package org.wavebridge.cli;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The fields of Triton's ModelConfig that its configurations here may use, by the names, numbers
 * and types that its public model_config.proto gives them. Anything else is refused.
 */
final class TritonSchema {
  /** A field a line: message, name, number, type; an asterisk where it is repeated. */
  private static final String FIELDS =
      """
      ModelConfig name 1 string
      ModelConfig platform 2 string
      ModelConfig backend 17 string
      ModelConfig max_batch_size 4 int32
      ModelConfig input 5 ModelInput*
      ModelConfig output 6 ModelOutput*
      ModelConfig dynamic_batching 11 ModelDynamicBatching
      ModelConfig sequence_batching 13 ModelSequenceBatching
      ModelConfig ensemble_scheduling 15 ModelEnsembling
      ModelConfig instance_group 7 ModelInstanceGroup*
      ModelConfig parameters 14 ParameterEntry*
      ModelConfig model_operations 18 ModelOperations
      ModelInput name 1 string
      ModelInput data_type 2 =DataType
      ModelInput dims 4 int64*
      ModelOutput name 1 string
      ModelOutput data_type 2 =DataType
      ModelOutput dims 3 int64*
      ModelDynamicBatching max_queue_delay_microseconds 2 uint64
      ModelSequenceBatching oldest 4 StrategyOldest
      ModelSequenceBatching max_sequence_idle_microseconds 1 uint64
      ModelSequenceBatching state 5 State*
      StrategyOldest max_candidate_sequences 1 int32
      StrategyOldest max_queue_delay_microseconds 3 uint64
      State input_name 1 string
      State output_name 2 string
      State data_type 3 =DataType
      State dims 4 int64*
      State initial_state 5 InitialState*
      InitialState data_type 1 =DataType
      InitialState dims 2 int64*
      InitialState data_file 4 string
      InitialState name 5 string
      ModelEnsembling step 1 Step*
      Step model_name 1 string
      Step model_version 2 int64
      Step input_map 3 NameEntry*
      Step output_map 4 NameEntry*
      NameEntry key 1 string
      NameEntry value 2 string
      ModelInstanceGroup kind 4 =Kind
      ModelInstanceGroup count 2 int32
      ParameterEntry key 1 string
      ParameterEntry value 2 ModelParameter
      ModelParameter string_value 1 string
      ModelOperations op_library_filename 1 string*
      """;

  /** An enumeration a line: name, then its values. */
  private static final String VALUES =
      """
      DataType TYPE_INVALID 0 TYPE_INT16 7 TYPE_INT32 8 TYPE_INT64 9 TYPE_FP32 11
      Kind KIND_AUTO 0 KIND_GPU 1 KIND_CPU 2
      """;

  private static final Descriptor CONFIG = descriptor();

  private TritonSchema() {}

  /** Reads a configuration. */
  static Message parse(String text) throws TextFormat.ParseException {
    DynamicMessage.Builder config = DynamicMessage.newBuilder(CONFIG);
    TextFormat.getParser().merge(text, config);
    return config.build();
  }

  private static Descriptor descriptor() {
    Map<String, DescriptorProto.Builder> messages = new LinkedHashMap<>();
    for (String line : FIELDS.lines().toList()) {
      String[] words = line.split(" ");
      messages
          .computeIfAbsent(words[0], name -> DescriptorProto.newBuilder().setName(name))
          .addField(field(words[1], Integer.parseInt(words[2]), words[3]));
    }
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder().setName("config").setSyntax("proto3");
    messages.values().forEach(file::addMessageType);
    for (String line : VALUES.lines().toList()) {
      String[] words = line.split(" ");
      EnumDescriptorProto.Builder values = EnumDescriptorProto.newBuilder().setName(words[0]);
      for (int i = 1; i < words.length; i += 2) {
        values.addValue(
            EnumValueDescriptorProto.newBuilder()
                .setName(words[i])
                .setNumber(Integer.parseInt(words[i + 1])));
      }
      file.addEnumType(values);
    }
    try {
      return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0])
          .findMessageTypeByName("ModelConfig");
    } catch (DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  private static FieldDescriptorProto field(String name, int number, String type) {
    boolean repeated = type.endsWith("*");
    String word = repeated ? type.substring(0, type.length() - 1) : type;
    FieldDescriptorProto.Builder field =
        FieldDescriptorProto.newBuilder()
            .setName(name)
            .setNumber(number)
            .setLabel(repeated ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
    if (word.startsWith("=")) {
      return field
          .setType(FieldDescriptorProto.Type.TYPE_ENUM)
          .setTypeName(word.substring(1))
          .build();
    }
    return Character.isUpperCase(word.charAt(0))
        ? field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(word).build()
        : field
            .setType(FieldDescriptorProto.Type.valueOf("TYPE_" + word.toUpperCase(Locale.ROOT)))
            .build();
  }
}
