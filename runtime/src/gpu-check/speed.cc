#include <cstring>
#include <stdexcept>

#include "networks.h"
#include "stopwatch.h"
#include "table.h"

// Samples a second on this GPU, of random weights and inputs drawn afresh. Prints a table; never a
// test.

using namespace wavebridge;
using namespace wavebridge::gpu_check;

namespace {

constexpr double kRate = 24000;

struct Measured {
  std::string name;
  Size size;
  int64_t rows, samples;
  cuda::Variant variant;
  Generator (*make)(const Size&, int64_t, int64_t, cuda::Variant);
};

void measure(const Measured& of, int repeats, Table& table) {
  try {
    const Generator generator = of.make(of.size, of.rows, of.samples, of.variant);
    std::vector<double> seconds;
    for (int i = 0; i <= repeats; i++) {
      generator.draw(static_cast<uint64_t>(i) + 1);
      const double taken = seconds_of(generator.queue);
      if (generator.status() != 0) {
        throw std::runtime_error(cuda::text_of(static_cast<cuda::Status>(generator.status())));
      }
      if (i > 0) seconds.push_back(taken);  // The first call warms the machine up.
    }
    const double each = median(seconds);
    const double rate = static_cast<double>(generator.samples) / each;
    const cuda::Layout& layout = generator.layout;
    table.add(
        {Table::text("network", of.name),
         Table::text(
             "layout",
             std::string(layout.variant == cuda::Variant::kCluster ? "cluster" : "packets") + ", " +
                 std::to_string(layout.groups) + " x " + std::to_string(layout.blocks) +
                 " blocks, " + std::to_string(layout.rows_per_group) + " rows"),
         Table::number("us/step", each * 1e6 / static_cast<double>(generator.steps), 3),
         Table::number("samples/s", rate, 0), Table::number("x real time", rate / kRate),
         Table::number("streamed MB", static_cast<double>(layout.streamed_bytes) / 1e6)});
  } catch (const std::exception& e) {
    table.add({Table::text("network", of.name),
               Table::text("layout", std::string("failed: ") + e.what()),
               Table::number("us/step", 0), Table::number("samples/s", 0),
               Table::number("x real time", 0), Table::number("streamed MB", 0)});
  }
}

}  // namespace

int main(int count, char** arguments) {
  const bool quick = count > 2 && std::strcmp(arguments[2], "quick") == 0;
  if (count < 2) {
    std::cerr << "usage: gpu_speed RESULT.json [quick]\n";
    return 2;
  }
  const int64_t second = quick ? 200 : 12000, short_run = quick ? 100 : 2400;
  const cuda::Variant packets = cuda::Variant::kPackets, cluster = cuda::Variant::kCluster;
  const Size dense = {896, 1, false}, dense_int8 = {896, 1, true}, sparse = {2048, 0.05, false};
  const Size sparse_int8 = {2048, 0.05, true}, gru = {512, 1, false}, gru_int8 = {512, 1, true};
  const std::vector<Measured> all = {
      {"dual softmax, H 896, f32", dense, 1, second, packets, dual_softmax},
      {"dual softmax, H 896, int8", dense_int8, 1, second, packets, dual_softmax},
      {"dual softmax, H 896, int8", dense_int8, 1, second, cluster, dual_softmax},
      {"dual softmax, H 2048, 95% sparse, f32", sparse, 1, second, packets, dual_softmax},
      {"dual softmax, H 2048, 95% sparse, int8", sparse_int8, 1, second, packets, dual_softmax},
      {"dual softmax, H 896, f32, 16 rows", dense, 16, short_run, packets, dual_softmax},
      {"dual softmax, H 896, int8, 16 rows", dense_int8, 16, short_run, packets, dual_softmax},
      {"dual softmax, H 896, int8, 16 rows", dense_int8, 16, short_run, cluster, dual_softmax},
      {"dual softmax, H 896, f32, subscale by 16", dense, 16, 16 * short_run, packets, subscale},
      {"dual softmax, H 896, int8, subscale by 16", dense_int8, 16, 16 * short_run, packets,
       subscale},
      {"dual softmax, H 896, f32, 64 rows", dense, 64, short_run / 4, packets, dual_softmax},
      {"dual softmax, H 896, int8, 512 rows", dense_int8, 512, short_run / 16, packets,
       dual_softmax},
      {"dual softmax, H 896, int8, 512 rows", dense_int8, 512, short_run / 16, cluster,
       dual_softmax},
      {"residual GRU, R 512, f32", gru, 1, second, packets, residual_gru},
      {"residual GRU, R 512, int8", gru_int8, 1, second, packets, residual_gru},
      {"residual GRU, R 512, f32, 16 rows", gru, 16, short_run, packets, residual_gru},
  };
  Table table;
  for (const Measured& of : all) measure(of, quick ? 3 : 9, table);
  if (table.write(arguments[1])) return 0;
  std::cerr << arguments[1] << ": cannot be written\n";
  return 1;
}
