// The functions of the Java class NativeObjects: the end of TensorRT's objects, which the Java
// bindings cannot delete.

#include <cstdint>

namespace {

// Every object of TensorRT's own classes begins its virtual functions with the destructor.
struct Object {
  virtual ~Object() = default;
};

// The parser has eight functions before it: parse, parseFromFile, supportsModel,
// parseWithWeightDescriptors, supportsOperator, getNbErrors, getError, clearErrors.
struct Parser {
  virtual void function0() = 0;
  virtual void function1() = 0;
  virtual void function2() = 0;
  virtual void function3() = 0;
  virtual void function4() = 0;
  virtual void function5() = 0;
  virtual void function6() = 0;
  virtual void function7() = 0;
  virtual ~Parser() = default;
};

}  // namespace

#define WB_JAVA(type, name)             \
  extern "C" __attribute__((visibility( \
      "default"))) type Java_org_wavebridge_runtime_internal_tensorrt_NativeObjects_##name

WB_JAVA(void, deleteObject)(void*, void*, int64_t address) {
  delete reinterpret_cast<Object*>(address);
}

WB_JAVA(void, deleteParser)(void*, void*, int64_t address) {
  delete reinterpret_cast<Parser*>(address);
}
