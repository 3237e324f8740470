#ifndef WAVEBRIDGE_CUDA_SCHEDULE_CUH_
#define WAVEBRIDGE_CUDA_SCHEDULE_CUH_

#include "kernels/arguments.h"
#include "kernels/device.cuh"

// Which row makes which sample at which step; rows are counted over all groups.

namespace wavebridge::cuda {

WB_DEVICE int64_t place(const Places& places, int64_t step, int64_t row) {
  return places.first + step * places.by_step + row * places.by_row;
}
WB_DEVICE bool active(const Schedule& schedule, int64_t step, int64_t row) {
  return schedule.first_step + step >= schedule.lag * row &&
         place(schedule.sample, step, row) < schedule.end;
}
WB_DEVICE int64_t frame_of(const Schedule& schedule, int64_t step, int64_t row) {
  return row * schedule.frames_per_row +
         place(schedule.time, step, row) / schedule.samples_per_frame;
}

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_SCHEDULE_CUH_
