package dev.sardonyx.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns, two spaces apart; words stand left, figures right. */
final class ConsoleTable {
  private final List<String> headers = new ArrayList<>();
  private final List<Boolean> right = new ArrayList<>();
  private final List<String[]> rows = new ArrayList<>();

  /** Adds a column of words. */
  ConsoleTable words(String header) {
    headers.add(header);
    right.add(false);
    return this;
  }

  /** Adds a column of figures. */
  ConsoleTable figures(String header) {
    headers.add(header);
    right.add(true);
    return this;
  }

  /** Adds a row with a text for every column. */
  void row(String... cells) {
    rows.add(cells);
  }

  /** Writes the table; without a line of headers if all are empty. */
  void print(PrintWriter out) {
    int[] widths = headers.stream().mapToInt(String::length).toArray();
    for (String[] row : rows) {
      for (int c = 0; c < row.length; c++) {
        widths[c] = Math.max(widths[c], row[c].length());
      }
    }
    if (headers.stream().anyMatch(h -> !h.isEmpty())) {
      out.println(line(headers.toArray(String[]::new), widths));
    }
    rows.forEach(row -> out.println(line(row, widths)));
  }

  private String line(String[] cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < cells.length; c++) {
      String padding = " ".repeat(widths[c] - cells[c].length());
      line.append(c == 0 ? "" : "  ");
      line.append(right.get(c) ? padding + cells[c] : cells[c] + padding);
    }
    return line.toString().stripTrailing();
  }
}
