#include "plugin/block_sparse_gemm.h"
#include "plugin/dual_softmax.h"
#include "plugin/interpolate_frames.h"
#include "plugin/residual_gru.h"
#include "plugin/subscale_fields.h"
#include "plugin/upsample_frames.h"

namespace wavebridge::tensorrt {
namespace {

using nvinfer1::PluginFieldType;

std::vector<OperatorKind> all() {
  const auto whole = PluginFieldType::kINT32;
  const std::vector<FieldKind> gemm = with_common_fields({{"inputs", whole, false, false}});
  const std::vector<FieldKind> upsampling =
      with_common_fields({{"factor", whole, false, false}, {"cut", whole, false, false}});
  const std::vector<FieldKind> interpolation = {{"hop", whole, false, false},
                                                {"cut", whole, false, false},
                                                {"most_rows", whole, false, false}};
  const std::vector<FieldKind> dual = with_common_fields(
      {{"samples_per_frame", whole, false, false}, {"conditioning_size", whole, false, false}});
  const std::vector<FieldKind> residual =
      with_common_fields({{"samples_per_frame", whole, false, false},
                          {"mels", whole, false, false},
                          {"aux_sizes", whole, true, false},
                          {"mixtures", whole, false, false},
                          {"class_values", PluginFieldType::kFLOAT32, true, true},
                          {"gaussian", whole, true, true}});
  const std::vector<FieldKind> folded_dual = SubscaleFields::added_to(dual);
  const std::vector<FieldKind> folded_residual = SubscaleFields::added_to(residual);
  return {{"BlockSparseGemm", gemm, block_sparse_gemm},
          {"UpsampleFrames", upsampling, upsample_frames},
          {"InterpolateFrames", interpolation, interpolate_frames},
          {"DualSoftmaxGenerate", dual, dual_softmax},
          {"DualSoftmaxGenerateInt8", dual, dual_softmax},
          {"DualSoftmaxSubscaleGenerate", folded_dual, dual_softmax},
          {"DualSoftmaxSubscaleGenerateInt8", folded_dual, dual_softmax},
          {"ResidualGruGenerate", residual, residual_gru},
          {"ResidualGruGenerateInt8", residual, residual_gru},
          {"ResidualGruSubscaleGenerate", folded_residual, residual_gru},
          {"ResidualGruSubscaleGenerateInt8", folded_residual, residual_gru}};
}

}  // namespace

const std::vector<OperatorKind>& operators() {
  static const std::vector<OperatorKind> kinds = all();
  return kinds;
}

}  // namespace wavebridge::tensorrt
