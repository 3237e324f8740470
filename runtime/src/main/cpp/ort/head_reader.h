#ifndef WAVEBRIDGE_ORT_HEAD_READER_H_
#define WAVEBRIDGE_ORT_HEAD_READER_H_

#include "ort/node_reader.h"
#include "wavebridge/head.h"

namespace wavebridge::ort {

/// Reads which head a node has.
Head read_head(const NodeReader& reader);

/// Checks how many outputs the network was found to have, and reads what its classes stand for.
void check_outputs(NodeReader& reader, int64_t outputs, Head& head);

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_HEAD_READER_H_
