#ifndef WAVEBRIDGE_GPU_CHECK_TABLE_H_
#define WAVEBRIDGE_GPU_CHECK_TABLE_H_

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace wavebridge::gpu_check {

/// The middle one of several measurements.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0.0 : values[values.size() / 2];
}

/// Lines of text and numbers, printed as they come and written as JSON in the end.
class Table {
 public:
  struct Cell {
    std::string name;
    std::string text;
    bool number;
  };

  static Cell text(const std::string& name, const std::string& value) {
    return {name, value, false};
  }
  static Cell number(const std::string& name, double value, int digits = 2) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
    return {name, buffer, true};
  }

  void add(const std::vector<Cell>& line) {
    if (lines_.empty()) {
      for (const Cell& cell : line) std::printf("%*s", width(cell), cell.name.c_str());
      std::printf("\n");
    }
    for (const Cell& cell : line) std::printf("%*s", width(cell), cell.text.c_str());
    std::printf("\n");
    std::fflush(stdout);
    lines_.push_back(line);
  }

  /// False if the file cannot be written.
  bool write(const std::string& file) const {
    std::ofstream out(file);
    out << "[";
    for (size_t i = 0; i < lines_.size(); i++) {
      out << (i == 0 ? "\n  {" : ",\n  {");
      for (size_t k = 0; k < lines_[i].size(); k++) {
        const Cell& cell = lines_[i][k];
        out << (k == 0 ? "" : ", ") << quoted(cell.name) << ": "
            << (cell.number ? cell.text : quoted(cell.text));
      }
      out << "}";
    }
    out << "\n]\n";
    return out.flush().good();
  }

 private:
  static int width(const Cell& cell) { return cell.number ? 14 : -44; }
  static std::string quoted(const std::string& text) {
    std::string all = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') all += '\\';
      all += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return all + "\"";
  }

  std::vector<std::vector<Cell>> lines_;
};

}  // namespace wavebridge::gpu_check

#endif  // WAVEBRIDGE_GPU_CHECK_TABLE_H_
