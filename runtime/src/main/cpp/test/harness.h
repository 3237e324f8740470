#ifndef WAVEBRIDGE_TEST_HARNESS_H_
#define WAVEBRIDGE_TEST_HARNESS_H_

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace wavebridge::test {

/// The cases of a test program, in the order in which they are declared.
struct Case {
  const char* name;
  void (*run)();
};
inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}
inline int& failures() {
  static int count = 0;
  return count;
}

struct Declare {
  Declare(const char* name, void (*run)()) { cases().push_back({name, run}); }
};

inline void fail(const char* file, int line, const std::string& message) {
  if (++failures() <= 20) std::cerr << file << ":" << line << ": " << message << "\n";
}

/// A number with the bits that decide.
inline std::string show(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  char text[64];
  std::snprintf(text, sizeof text, "%a (%08x)", static_cast<double>(value), bits);
  return text;
}
inline std::string show(const std::string& value) { return "\"" + value + "\""; }
inline std::string show(int64_t value) { return std::to_string(value); }

inline bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// Compares two arrays bit for bit and reports the first difference.
inline void check_same_bits(const char* file, int line, const std::string& what,
                            const std::vector<float>& expected, const std::vector<float>& found) {
  if (expected.size() != found.size() || expected.empty()) {
    fail(file, line,
         what + ": expected " + std::to_string(expected.size()) + " numbers, found " +
             std::to_string(found.size()));
    return;
  }
  for (size_t i = 0; i < expected.size(); i++) {
    if (!same_bits(expected[i], found[i])) {
      fail(file, line,
           what + "[" + std::to_string(i) + "]: expected " + show(expected[i]) + ", found " +
               show(found[i]));
      return;
    }
  }
}

inline int run_all() {
  for (const Case& test : cases()) {
    const int before = failures();
    test.run();
    std::cout << (failures() == before ? "ok   " : "FAIL ") << test.name << "\n";
  }
  return failures() == 0 && !cases().empty() ? 0 : 1;
}

}  // namespace wavebridge::test

#define WB_TEST(name)                                                 \
  static void name();                                                 \
  static const wavebridge::test::Declare declare_##name(#name, name); \
  static void name()

#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) wavebridge::test::fail(__FILE__, __LINE__, "not so: " #condition); \
  } while (false)

#define CHECK_EQUAL(expected, found)                                            \
  do {                                                                          \
    const auto wanted_ = (expected);                                            \
    const auto got_ = (found);                                                  \
    if (!(wanted_ == got_)) {                                                   \
      wavebridge::test::fail(__FILE__, __LINE__,                                \
                             std::string(#found) + ": expected " +              \
                                 wavebridge::test::show(wanted_) + ", found " + \
                                 wavebridge::test::show(got_));                 \
    }                                                                           \
  } while (false)

#define CHECK_SAME_BITS(what, expected, found) \
  wavebridge::test::check_same_bits(__FILE__, __LINE__, what, expected, found)

#endif  // WAVEBRIDGE_TEST_HARNESS_H_
