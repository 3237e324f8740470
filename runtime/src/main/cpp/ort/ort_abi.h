#ifndef WAVEBRIDGE_ORT_ORT_ABI_H_
#define WAVEBRIDGE_ORT_ORT_ABI_H_

// The part of ONNX Runtime's C interface that the operators use. `OrtApi` is a table of function
// pointers that only ever grows, so the slots named here keep their places; what lies between is
// skipped. With the official header (cmake -DORT_INCLUDE_DIR=...) that one is used, and the
// assertions below compare it with our numbers.

#include <cstddef>
#include <cstdint>

#if defined(WAVEBRIDGE_OFFICIAL_ORT_HEADER)
#include <onnxruntime_c_api.h>
#else

struct OrtEnv;
struct OrtStatus;
struct OrtSessionOptions;
struct OrtCustomOpDomain;
struct OrtValue;
struct OrtTensorTypeAndShapeInfo;
struct OrtKernelInfo;
struct OrtKernelContext;
struct OrtShapeInferContext;
struct OrtApi;

enum OrtErrorCode { ORT_FAIL = 1, ORT_INVALID_ARGUMENT = 2, ORT_RUNTIME_EXCEPTION = 6 };
enum OrtLoggingLevel { ORT_LOGGING_LEVEL_WARNING = 2 };
enum ONNXTensorElementDataType {
  ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT = 1,
  ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 = 3,
  ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 = 6,
  ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 = 7,
};
enum OrtCustomOpInputOutputCharacteristic { INPUT_OUTPUT_REQUIRED = 0 };
enum OrtMemType { OrtMemTypeDefault = 0 };

struct OrtApiBase {
  const OrtApi* (*GetApi)(uint32_t version);
  const char* (*GetVersionString)();
};

struct OrtCustomOp {
  uint32_t version;
  void* (*CreateKernel)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*);
  const char* (*GetName)(const OrtCustomOp*);
  const char* (*GetExecutionProviderType)(const OrtCustomOp*);
  ONNXTensorElementDataType (*GetInputType)(const OrtCustomOp*, size_t index);
  size_t (*GetInputTypeCount)(const OrtCustomOp*);
  ONNXTensorElementDataType (*GetOutputType)(const OrtCustomOp*, size_t index);
  size_t (*GetOutputTypeCount)(const OrtCustomOp*);
  void (*KernelCompute)(void* kernel, OrtKernelContext*);
  void (*KernelDestroy)(void* kernel);
  OrtCustomOpInputOutputCharacteristic (*GetInputCharacteristic)(const OrtCustomOp*, size_t index);
  OrtCustomOpInputOutputCharacteristic (*GetOutputCharacteristic)(const OrtCustomOp*, size_t index);
  OrtMemType (*GetInputMemoryType)(const OrtCustomOp*, size_t index);
  int (*GetVariadicInputMinArity)(const OrtCustomOp*);
  int (*GetVariadicInputHomogeneity)(const OrtCustomOp*);
  int (*GetVariadicOutputMinArity)(const OrtCustomOp*);
  int (*GetVariadicOutputHomogeneity)(const OrtCustomOp*);
  OrtStatus* (*CreateKernelV2)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*, void** out);
  OrtStatus* (*KernelComputeV2)(void* kernel, OrtKernelContext*);
  OrtStatus* (*InferOutputShapeFn)(const OrtCustomOp*, OrtShapeInferContext*);
  int (*GetStartVersion)(const OrtCustomOp*);
  int (*GetEndVersion)(const OrtCustomOp*);
  size_t (*GetMayInplace)(int** input_index, int** output_index);
  void (*ReleaseMayInplace)(int* input_index, int* output_index);
  size_t (*GetAliasMap)(int** input_index, int** output_index);
  void (*ReleaseAliasMap)(int* input_index, int* output_index);
};

struct OrtApi {
  using Slot = void (*)();

  OrtStatus* (*CreateStatus)(OrtErrorCode, const char* message);
  Slot skipped_1[1];
  const char* (*GetErrorMessage)(const OrtStatus*);
  OrtStatus* (*CreateEnv)(OrtLoggingLevel, const char* name, OrtEnv** out);
  Slot skipped_4[22];
  OrtStatus* (*CreateCustomOpDomain)(const char* domain, OrtCustomOpDomain** out);
  OrtStatus* (*CustomOpDomain_Add)(OrtCustomOpDomain*, const OrtCustomOp*);
  OrtStatus* (*AddCustomOpDomain)(OrtSessionOptions*, OrtCustomOpDomain*);
  Slot skipped_29[22];
  OrtStatus* (*GetTensorMutableData)(OrtValue*, void** out);
  Slot skipped_52[8];
  OrtStatus* (*GetTensorElementType)(const OrtTensorTypeAndShapeInfo*, ONNXTensorElementDataType*);
  OrtStatus* (*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo*, size_t* out);
  OrtStatus* (*GetDimensions)(const OrtTensorTypeAndShapeInfo*, int64_t* values, size_t count);
  Slot skipped_63[2];
  OrtStatus* (*GetTensorTypeAndShape)(const OrtValue*, OrtTensorTypeAndShapeInfo** out);
  Slot skipped_66[19];
  OrtStatus* (*KernelInfoGetAttribute_float)(const OrtKernelInfo*, const char* name, float* out);
  OrtStatus* (*KernelInfoGetAttribute_int64)(const OrtKernelInfo*, const char* name, int64_t* out);
  Slot skipped_87[3];
  OrtStatus* (*KernelContext_GetInput)(const OrtKernelContext*, size_t index, const OrtValue** out);
  OrtStatus* (*KernelContext_GetOutput)(OrtKernelContext*, size_t index, const int64_t* dimensions,
                                        size_t count, OrtValue** out);
  Slot skipped_92[1];
  void (*ReleaseStatus)(OrtStatus*);
  Slot skipped_94[5];
  void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo*);
  Slot skipped_100[62];
  OrtStatus* (*KernelInfoGetAttributeArray_float)(const OrtKernelInfo*, const char* name,
                                                  float* out, size_t* size);
  OrtStatus* (*KernelInfoGetAttributeArray_int64)(const OrtKernelInfo*, const char* name,
                                                  int64_t* out, size_t* size);
  Slot skipped_164[80];
  OrtStatus* (*KernelInfo_GetNodeName)(const OrtKernelInfo*, char* out, size_t* size);
  Slot skipped_245[4];
  OrtStatus* (*KernelInfoGetConstantInput_tensor)(const OrtKernelInfo*, size_t index,
                                                  int* is_constant, const OrtValue** out);
  Slot skipped_250[24];
  OrtStatus* (*KernelContext_ParallelFor)(const OrtKernelContext*, void (*run)(void*, size_t),
                                          size_t total, size_t batches, void* data);
};

#endif  // WAVEBRIDGE_OFFICIAL_ORT_HEADER

namespace wavebridge::ort {

/// The lowest interface version that has every slot used: KernelContext_ParallelFor came with ONNX
/// Runtime 1.17.
inline constexpr uint32_t kApiVersion = 17;

#define WB_SLOT(name, index) static_assert(offsetof(OrtApi, name) == (index) * sizeof(void*))
WB_SLOT(CreateStatus, 0);
WB_SLOT(GetErrorMessage, 2);
WB_SLOT(CreateEnv, 3);
WB_SLOT(CreateCustomOpDomain, 26);
WB_SLOT(CustomOpDomain_Add, 27);
WB_SLOT(AddCustomOpDomain, 28);
WB_SLOT(GetTensorMutableData, 51);
WB_SLOT(GetTensorElementType, 60);
WB_SLOT(GetDimensionsCount, 61);
WB_SLOT(GetDimensions, 62);
WB_SLOT(GetTensorTypeAndShape, 65);
WB_SLOT(KernelInfoGetAttribute_float, 85);
WB_SLOT(KernelInfoGetAttribute_int64, 86);
WB_SLOT(KernelContext_GetInput, 90);
WB_SLOT(KernelContext_GetOutput, 91);
WB_SLOT(ReleaseStatus, 93);
WB_SLOT(ReleaseTensorTypeAndShapeInfo, 99);
WB_SLOT(KernelInfoGetAttributeArray_float, 162);
WB_SLOT(KernelInfoGetAttributeArray_int64, 163);
WB_SLOT(KernelInfo_GetNodeName, 244);
WB_SLOT(KernelInfoGetConstantInput_tensor, 249);
WB_SLOT(KernelContext_ParallelFor, 274);
#undef WB_SLOT
static_assert(offsetof(OrtCustomOp, CreateKernelV2) == 17 * sizeof(void*));
static_assert(offsetof(OrtCustomOp, GetMayInplace) == 22 * sizeof(void*));

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_ORT_ABI_H_
