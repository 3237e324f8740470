#include <cstring>
#include <set>

#include "harness.h"
#include "test/fakes.h"
#include "test/networks.h"
#include "wavebridge/head.h"

// Tests of the plugins as TensorRT uses them while it builds an engine and while it loads a plan.

using namespace wavebridge::test;
using namespace nvinfer1;

static_assert(sizeof(Dims) == 72 && sizeof(PluginTensorDesc) == 88);
static_assert(sizeof(DynamicPluginTensorDesc) == 304 && sizeof(PluginField) == 24);
static_assert(sizeof(PluginFieldCollection) == 16 && sizeof(InterfaceInfo) == 16);
static_assert(sizeof(DimsExprs) == 72);

namespace {

Log& logged() {
  static Log log;
  setLoggerFinder(&log);
  return log;
}

std::vector<Node> all() {
  return {gemm(),
          upsampling(),
          interpolation(),
          dual_softmax(false, false),
          dual_softmax(true, false),
          dual_softmax(false, true),
          dual_softmax(true, true),
          residual_gru()};
}

Made make(Node& node, TensorRTPhase phase = TensorRTPhase::kBUILD) {
  return Made(creator(node.name)->createPlugin("node", node.fields.get(), phase));
}

DataType type_of(const Node& node, size_t position) {
  if (node.words == 0) return DataType::kFLOAT;
  const size_t constants = node.inputs.size() - 1;
  const bool schedule = node.inputs[constants - 1] == std::vector<int64_t>{4};
  const bool status = node.outputs.size() == 4 && position == node.inputs.size() + 3;
  return position == constants || status || (schedule && position + 1 == constants)
             ? DataType::kINT32
             : DataType::kFLOAT;
}

std::vector<DynamicPluginTensorDesc> described(const Node& node) {
  std::vector<DynamicPluginTensorDesc> all;
  for (size_t i = 0; i < node.inputs.size() + node.outputs.size(); ++i) {
    DynamicPluginTensorDesc desc{};
    const bool in = i < node.inputs.size();
    desc.desc.dims = dims(in ? node.inputs[i] : node.output_sizes[i - node.inputs.size()]);
    desc.desc.type = type_of(node, i);
    desc.min = desc.max = desc.opt = desc.desc.dims;
    all.push_back(desc);
  }
  return all;
}

int32_t configure(const Node& node, IPluginV3OneBuild& build,
                  const std::vector<DynamicPluginTensorDesc>& all) {
  return build.configurePlugin(all.data(), static_cast<int32_t>(node.inputs.size()),
                               all.data() + node.inputs.size(),
                               static_cast<int32_t>(node.outputs.size()));
}

void refused(Node node, const std::string& reason) {
  const Made made = make(node);
  CHECK(made.plugin == nullptr);
  CHECK_EQUAL("plugin " + node.name + ": " + reason, logged().taken());
}

}  // namespace

WB_TEST(creators) {
  int32_t count = 0;
  IPluginCreatorInterface* const* all = getCreators(count);
  CHECK_EQUAL(int64_t{11}, int64_t{count});
  std::set<std::string> names;
  for (int32_t i = 0; i < count; ++i) {
    CHECK_EQUAL(std::string("PLUGIN CREATOR_V3ONE"), std::string(all[i]->getInterfaceInfo().kind));
    auto* one = static_cast<IPluginCreatorV3One*>(all[i]);
    CHECK_EQUAL(std::string("1"), std::string(one->getPluginVersion()));
    CHECK_EQUAL(std::string("org.wavebridge"), std::string(one->getPluginNamespace()));
    CHECK(one->getFieldNames()->nbFields >= 3);
    names.insert(one->getPluginName());
  }
  CHECK_EQUAL(int64_t{11}, static_cast<int64_t>(names.size()));
}

WB_TEST(types_and_formats) {
  for (Node& node : all()) {
    const Made made = make(node);
    CHECK(made.plugin != nullptr);
    CHECK_EQUAL(node.name, std::string(made.core->getPluginName()));
    const auto outputs = static_cast<int32_t>(node.outputs.size());
    const auto inputs = static_cast<int32_t>(node.inputs.size());
    CHECK_EQUAL(int64_t{outputs}, int64_t{made.build->getNbOutputs()});
    std::vector<DataType> types(node.outputs.size(), DataType::kBOOL);
    const std::vector<DataType> given(node.inputs.size(), DataType::kFLOAT);
    CHECK(made.build->getOutputDataTypes(types.data(), outputs, given.data(), inputs) == 0);
    std::vector<DynamicPluginTensorDesc> all = described(node);
    for (int32_t i = 0; i < inputs + outputs; ++i) {
      const auto at = static_cast<size_t>(i);
      if (i >= inputs) CHECK(types[at - node.inputs.size()] == all[at].desc.type);
      CHECK(made.build->supportsFormatCombination(i, all.data(), inputs, outputs));
      all[at].desc.type = DataType::kHALF;
      CHECK(!made.build->supportsFormatCombination(i, all.data(), inputs, outputs));
      all[at].desc.type = type_of(node, at);
      all[at].desc.format = static_cast<TensorFormat>(2);
      CHECK(!made.build->supportsFormatCombination(i, all.data(), inputs, outputs));
      all[at].desc.format = TensorFormat::kLINEAR;
    }
    CHECK(!made.build->supportsFormatCombination(0, all.data(), inputs - 1, outputs));
  }
}

WB_TEST(output_shapes) {
  for (Node& node : all()) {
    const Made made = make(node);
    ExpressionBuilder builder;
    std::vector<DimsExprs> in(node.inputs.size());
    for (size_t i = 0; i < in.size(); ++i) {
      in[i].nbDims = static_cast<int32_t>(node.inputs[i].size());
      for (size_t axis = 0; axis < node.inputs[i].size(); ++axis) {
        const int64_t size = node.inputs[i][axis];
        const char* letter = size == 3 && axis == 0                                 ? "N"
                             : size == 8 && axis == 1 && node.inputs[i].size() == 3 ? "T"
                             : size == 12                                           ? "A"
                                                                                    : "";
        in[i].d[axis] = *letter == 0 ? builder.constant(size) : builder.symbol(letter);
      }
    }
    std::vector<DimsExprs> out(node.outputs.size());
    CHECK(made.build->getOutputShapes(in.data(), static_cast<int32_t>(in.size()), nullptr, 0,
                                      out.data(), static_cast<int32_t>(out.size()), builder) == 0);
    for (size_t i = 0; i < out.size(); ++i) {
      std::string text = "[";
      for (int32_t axis = 0; axis < out[i].nbDims; ++axis) {
        text += (axis == 0 ? "" : ", ") + static_cast<const Expression*>(out[i].d[axis])->text;
      }
      CHECK_EQUAL(node.outputs[i], text + "]");
    }
  }
}

WB_TEST(serialised_fields_make_the_same_plugin) {
  for (Node& node : all()) {
    const Made made = make(node);
    const Made clone(made.plugin->clone());
    for (const Made* one : {&made, &clone}) {
      const PluginFieldCollection* fields = one->runtime->getFieldsToSerialize();
      CHECK_EQUAL(int64_t{node.fields.get()->nbFields}, int64_t{fields->nbFields});
      const Made loaded(creator(node.name)->createPlugin("", fields, TensorRTPhase::kRUNTIME));
      CHECK(loaded.plugin != nullptr);
      const PluginFieldCollection* again = loaded.runtime->getFieldsToSerialize();
      CHECK_EQUAL(int64_t{fields->nbFields}, int64_t{again->nbFields});
      for (int32_t i = 0; i < fields->nbFields; ++i) {
        const PluginField& a = fields->fields[i];
        const PluginField& b = again->fields[i];
        CHECK(std::strcmp(a.name, b.name) == 0 && a.type == b.type && a.length == b.length);
        CHECK(std::memcmp(a.data, b.data, static_cast<size_t>(a.length) * 4) == 0);
      }
    }
  }
}

WB_TEST(class_values_are_kept) {
  Node node = residual_gru();
  node.fields.with_floats("class_values", {-1, 0.5, 1});
  const Made made = make(node);
  const PluginFieldCollection* fields = made.runtime->getFieldsToSerialize();
  bool seen = false;
  for (int32_t i = 0; i < fields->nbFields; ++i) {
    if (std::strcmp(fields->fields[i].name, "class_values") == 0) {
      seen = static_cast<const float*>(fields->fields[i].data)[1] == 0.5f &&
             fields->fields[i].length == 3;
    }
  }
  CHECK(seen);
}

WB_TEST(heads) {
  logged().taken();
  for (const wavebridge::HeadRow& row : wavebridge::kHeads) {
    const auto field = [&](int32_t value) {
      Node node = residual_gru();
      node.fields.without("mixtures").with("mixtures", {0});
      node.fields.without(row.attribute).with(row.attribute, {value});
      return node;
    };
    refused(field(row.most_parts + 1), std::string("attribute '") + row.attribute +
                                           "': expected 0 to " + std::to_string(row.most_parts) +
                                           ", found " + std::to_string(row.most_parts + 1));
    Node node = field(1);
    const Made made = make(node);
    CHECK(made.plugin != nullptr);
    // The node's uniforms are those of a mixture of two.
    CHECK(configure(node, *made.build, described(node)) != 0);
    logged().taken();
    if (std::strcmp(row.attribute, "mixtures") != 0) {
      node.fields.without("mixtures").with("mixtures", {2});
      refused(node, std::string("attributes '") + row.attribute +
                        "' and 'mixtures': expected one of them, found both");
    }
  }
}

WB_TEST(wrong_fields_are_refused_by_name) {
  logged().taken();
  Node node = dual_softmax(false, false);
  node.fields.without("samples_per_frame");
  refused(node, "attribute 'samples_per_frame': expected a value, found none");
  node.fields.with("samples_per_frame", {4, 4});
  refused(node, "attribute 'samples_per_frame': expected one value, found 2 values");
  node.fields.without("samples_per_frame").with_floats("samples_per_frame", {4});
  refused(node, "attribute 'samples_per_frame': expected int32, found type 1");
  Node zero = dual_softmax(false, false);
  zero.fields.with("samples_per_frame", {0});
  refused(zero, "attribute 'samples_per_frame': expected 1 to 2147483647, found 0");
  Node aux = residual_gru();
  aux.fields.with("aux_sizes", {1, 2, 3});
  refused(aux, "attribute 'aux_sizes': expected 4 integers, found 3");
  Node lists = dual_softmax(false, true);
  lists.fields.with("context_relus", {1});
  refused(
      lists,
      "attribute 'context_relus': expected 2 integers, as many as 'context_kernels' has, found 1");
  Node hop = interpolation();
  hop.fields.with("hop", {65537});
  refused(hop, "attribute 'hop': expected 1 to 65536, found 65537");
  hop.fields.with("hop", {2}).with("cut", {-1});
  refused(hop, "attribute 'cut': expected 0 to 2147483647, found -1");
  CHECK(creator("BlockSparseGemm")->createPlugin("", nullptr, TensorRTPhase::kBUILD) == nullptr);
  CHECK_EQUAL(std::string("plugin BlockSparseGemm: expected a collection of fields, found none"),
              logged().taken());
}

WB_TEST(wrong_constants_are_refused_by_name) {
  Node node = gemm();
  const std::vector<int32_t> good = {3, 1, 6, 5, 1, 1, 1, 2, 1, 6};
  node.fields.with("constant_shapes", {3, 1, 6, 5, 1, 1, 1, 2});
  refused(node, "constant 'weight_bias': expected one, found no more");
  node.fields.with("constant_shapes", {2, 6, 5});
  refused(node, "constant 'weight_blocks': expected rank 3, found 2");
  node.fields.with("constant_shapes", {3, 1, 6});
  refused(node, "constant 'weight_blocks': expected rank 3, found 3");
  node.fields.with("constant_shapes", {3, 1, 6, -5});
  refused(node, "constant 'weight_blocks': a size of -5 cannot be right");
  node.fields.with("constant_shapes", {3, 1, 6, 5, 1, 2, 1, 2, 1, 6});
  refused(node, "constant 'weight_columns': expected 1 values, found 2");
  node.fields.with("constant_shapes", {3, 1, 6, 5, 1, 1, 1, 0, 1, 6});
  refused(node, "constant 'weight_rows': expected at least 1 value, found none");
  std::vector<int32_t> longer = good;
  longer.insert(longer.end(), {1, 1});
  node.fields.with("constant_shapes", longer);
  refused(node, "constants: expected 10 numbers in constant_shapes, found 12");
  node.fields.with("constant_shapes", good);
  CHECK(make(node).plugin != nullptr);
  Node dual = dual_softmax(false, false);
  dual.fields.with("constant_shapes", {2, 18, 2});
  refused(dual, "sample_weights: expected 3 columns, found 2");
}

WB_TEST(shapes_that_do_not_fit_are_refused) {
  for (Node& node : all()) {
    const Made made = make(node);
    const std::vector<DynamicPluginTensorDesc> good = described(node);
    CHECK(configure(node, *made.build, good) == 0);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      std::vector<DynamicPluginTensorDesc> wrong = good;
      wrong[i].desc.dims.d[wrong[i].desc.dims.nbDims - 1] += 1;
      const bool free =
          node.inputs[i] == std::vector<int64_t>{12} || (node.name.ends_with("Frames") && i == 0);
      CHECK(configure(node, *made.build, wrong) == -1 || free);
      wrong = good;
      wrong[i].desc.dims.nbDims += 1;
      CHECK(configure(node, *made.build, wrong) == -1);
    }
    std::vector<DynamicPluginTensorDesc> dynamic = good;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      for (int32_t axis = 0; axis + 1 < dynamic[i].desc.dims.nbDims; ++axis) {
        dynamic[i].desc.dims.d[axis] = -1;
      }
    }
    CHECK(configure(node, *made.build, dynamic) == 0);
  }
  logged().taken();
  Node rows = residual_gru();
  const Made of_rows = make(rows);
  std::vector<DynamicPluginTensorDesc> more = described(rows);
  for (DynamicPluginTensorDesc& input : more) {
    if (input.max.d[0] == 3) input.max.d[0] = 5;
  }
  CHECK(configure(rows, *of_rows.build, more) == -1);
  CHECK_EQUAL(std::string("plugin ResidualGruGenerate: expected at most 4 rows, found 5"),
              logged().taken());
  Node node = gemm();
  const Made made = make(node);
  std::vector<DynamicPluginTensorDesc> many = described(node);
  many[0].max.d[0] = 100000;
  CHECK(configure(node, *made.build, many) == 0);
  many[0].desc.dims.d[1] = 7;
  CHECK(configure(node, *made.build, many) == -1);
  CHECK_EQUAL(std::string("plugin BlockSparseGemm: input 'x': expected [N, 5], found [3, 7]"),
              logged().taken());
}

int main() { return run_all(); }
