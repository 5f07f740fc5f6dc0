package dev.sardonyx.graph;

/**
 * A model, or what it was given, is not usable. The one exception of this project for bad files,
 * bad graphs and bad inputs: its message is a sentence for a person that says what was expected,
 * what came, and where.
 */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same complaint with the place where it arose in front: {@code place: message}. */
  public ModelException in(String place) {
    return new ModelException(place + ": " + getMessage(), this);
  }
}
