package dev.sardonyx.graph;

/** A value's name and type, as graphs declare their inputs and outputs. */
public record ValueInfo(String name, ValueType type) {
  @Override
  public String toString() {
    return name + ": " + type;
  }
}
