#include "host/plan.h"

#include <algorithm>
#include <set>

namespace wavebridge::cuda {
namespace {

int64_t rounded_up(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Shared memory begins with a kernel's arguments and the block's state
/// (kernels/block.cuh).
constexpr int64_t kImageStart = 1280;

constexpr int32_t kRowShifts[] = {4, 3, 2, 0};

/// Phases of a step in which a block sends something: for its units of each kind, and for its
/// panels of each matrix.
size_t phases_of(const std::vector<const Item*>& items) {
  std::set<int> phases;
  for (const Item* item : items) {
    phases.insert(item->kind >= 0 ? item->kind : kMostGroupKinds + item->panels.front().matrix);
  }
  return phases.size();
}

}  // namespace

OperandPlace place_operand(SharedBytes& bytes, int64_t columns, int64_t bits,
                           const BlockShape& shape) {
  OperandPlace place{};
  if (bits > 0) {
    place.stride =
        static_cast<uint32_t>(rounded_up(columns, kInt8StepColumns) / 4 + kInt8StepColumns / 4);
    place.row_stride = bits == 8 ? place.stride : 2 * place.stride;
  } else {
    // The four lanes of a row read different banks.
    place.stride = static_cast<uint32_t>(rounded_up((columns + 3) / 4, 32) + 4);
    if (columns <= 64) place.stride = static_cast<uint32_t>(rounded_up((columns + 3) / 4, 4) + 4);
    place.row_stride = 4 * place.stride;
  }
  place.offset = bytes.take(4 * int64_t{place.row_stride} * shape.places());
  return place;
}

Plan::Plan(const StepNeeds& needs, const Options& options, cudaStream_t stream)
    : threads_(options.threads), values_(needs.values), most_polls_(options.most_polls) {
  if (options.threads < kWarp || options.threads > 512 || options.threads % kWarp != 0) {
    throw Refused(Status::kBadArgument, "threads: expected a multiple of 32 up to 512, found " +
                                            std::to_string(options.threads));
  }
  if (options.most_rows < 1) {
    throw Refused(Status::kBadArgument,
                  "most_rows: expected 1 or more, found " + std::to_string(options.most_rows));
  }
  runtime::Limits limits{};
  require(runtime::limits(limits));
  const std::vector<Candidate> all = candidates(needs, options, limits);
  if (all.empty()) {
    throw Refused(Status::kBadArgument,
                  "clusters were asked for, and this GPU has none (compute capability 9.0 has)");
  }
  const auto fits = [&](bool all_resident) {
    return std::any_of(all.begin(), all.end(), [&](const Candidate& candidate) {
      // A cluster that streams its weights would be slower than a grid that
      // does not.
      if (!all_resident && candidate.shape.cluster && options.variant == Variant::kAuto)
        return false;
      return take(needs, candidate, limits, all_resident);
    });
  };
  if (!fits(true) && !fits(false)) {
    throw Refused(Status::kBadArgument,
                  "the network's vectors do not fit the " + std::to_string(limits.shared_bytes) +
                      " bytes of shared memory that a block of this GPU may have");
  }
  rows_per_group_ = static_cast<int32_t>(std::min<int64_t>(options.most_rows, shape_.places()));
  upload(stream);
}

std::vector<Plan::Candidate> Plan::candidates(const StepNeeds& needs, const Options& options,
                                              const runtime::Limits& limits) const {
  std::vector<Candidate> all;
  const int32_t items = static_cast<int32_t>(needs.items.size());
  const int32_t most_blocks = options.most_blocks > 0
                                  ? std::min(options.most_blocks, limits.multiprocessors)
                                  : limits.multiprocessors;
  const auto add = [&](bool cluster, int32_t blocks, int32_t shift, int32_t groups) {
    all.push_back({{.cluster = cluster,
                    .blocks = std::min(blocks, items),
                    .row_shift = shift,
                    .panels = 0,
                    .groups = 0},
                   groups});
  };
  // No more places than rows need.
  int32_t widest = 0;
  while (kRowShifts[widest] > 0 && (1 << kRowShifts[widest + 1]) >= options.most_rows) widest++;
  const auto groups_for = [&](int32_t shift) {
    return (options.most_rows + (1 << shift) - 1) >> shift;
  };
  for (const int32_t blocks : {16, 8}) {
    if (options.variant == Variant::kPackets || blocks > limits.largest_cluster) continue;
    for (int32_t i = widest; i < 4; i++) {
      add(true, options.most_blocks > 0 ? std::min(blocks, options.most_blocks) : blocks,
          kRowShifts[i], groups_for(kRowShifts[i]));
    }
  }
  if (options.variant == Variant::kCluster) return all;
  for (int32_t i = widest; i < 4; i++) {
    for (int32_t groups = std::min(groups_for(kRowShifts[i]), most_blocks); groups > 0; groups--) {
      add(false, most_blocks / groups, kRowShifts[i], groups);
    }
  }
  return all;
}

bool Plan::take(const StepNeeds& needs, const Candidate& candidate, const runtime::Limits& limits,
                bool all_resident) {
  std::vector<Image> images;
  BlockShape shape = candidate.shape;
  const auto of_block = spread_items(needs.items, shape.blocks);
  shape.blocks = static_cast<int32_t>(of_block.size());
  size_t largest_table = 0, largest = 0, all_quads = 0, fewest_phases = SIZE_MAX;
  for (const auto& items : of_block) {
    const Image& image = images.emplace_back(items, needs.off_path);
    shape.panels = std::max(shape.panels, image.panels);
    shape.groups = std::max(shape.groups, image.groups);
    largest_table = std::max(largest_table, image.table_quads);
    largest = std::max(largest, image.quads.size());
    all_quads += image.quads.size();
    fewest_phases = std::min(fewest_phases, phases_of(items));
  }
  shape.sets = fewest_phases > 1 ? 1 : 2;
  SharedBytes buffers(0);
  needs.place(shape, buffers);
  const int64_t capacity =
      (limits.shared_bytes - kImageStart - buffers.end()) / static_cast<int64_t>(sizeof(Quad));
  if (capacity < static_cast<int64_t>(largest_table)) return false;
  if (all_resident && capacity < static_cast<int64_t>(largest)) return false;
  size_t most_resident = 0, resident = 0;
  for (Image& image : images) {
    const size_t kept = image.keep_resident(static_cast<size_t>(capacity));
    most_resident = std::max(most_resident, kept);
    resident += kept;
  }
  image_end_ = kImageStart + static_cast<int64_t>(most_resident * sizeof(Quad));
  SharedBytes bytes(image_end_);
  needs.place(shape, bytes);
  shared_bytes_ = bytes.end();
  resident_bytes_ = static_cast<int64_t>(resident * sizeof(Quad));
  streamed_bytes_ = static_cast<int64_t>((all_quads - resident) * sizeof(Quad));
  shape_ = shape;
  groups_ = candidate.groups;
  images_ = std::move(images);
  return true;
}

void Plan::upload(cudaStream_t stream) {
  std::vector<Quad> all(rounded_up(static_cast<int64_t>(images_.size()), 2) / 2);
  std::vector<uint64_t> starts;
  for (const Image& image : images_) {
    starts.push_back(all.size());
    all.insert(all.end(), image.quads.begin(), image.quads.end());
  }
  // The table of starts comes first, two to a quad.
  std::copy(starts.begin(), starts.end(), reinterpret_cast<uint64_t*>(all.data()));
  require(runtime::allocate(all.size() * sizeof(Quad), memory_));
  require(runtime::upload(memory_.get(), all.data(), all.size() * sizeof(Quad), stream));
  images_.clear();
}

Layout Plan::layout() const {
  return {.variant = shape_.cluster ? Variant::kCluster : Variant::kPackets,
          .blocks = shape_.blocks,
          .groups = groups_,
          .rows_per_group = rows_per_group_,
          .shared_bytes = shared_bytes_,
          .resident_bytes = resident_bytes_,
          .streamed_bytes = streamed_bytes_};
}

void Plan::fill(StepArguments& arguments) const {
  arguments.images = static_cast<const Quad*>(memory_.get());
  arguments.image_starts = static_cast<const uint64_t*>(memory_.get());
  arguments.blocks = shape_.blocks;
  arguments.rows_per_group = rows_per_group_;
  arguments.row_shift = shape_.row_shift;
  arguments.tile = shape_.row_shift == 0 ? 1 : shape_.row_shift == 2 ? 4 : 8;
  arguments.sets = shape_.sets;
  arguments.values = static_cast<uint32_t>(values_);
  arguments.most_polls = most_polls_;
  arguments.cleared = static_cast<uint32_t>(image_end_);
  arguments.shared_bytes = static_cast<uint32_t>(shared_bytes_);
}

runtime::Grid Plan::grid(int32_t groups) const {
  return {.blocks = groups * shape_.blocks,
          .block_rows = 1,
          .threads = threads_,
          .shared_bytes = shared_bytes_,
          .cluster = shape_.cluster ? shape_.blocks : 1,
          .together = !shape_.cluster};
}

}  // namespace wavebridge::cuda
