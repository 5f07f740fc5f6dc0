package dev.sardonyx.cli;

/** Entry point of the {@code sardonyx} command. */
public final class Main {
  private Main() {}

  /**
   * Runs the command.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.out.println("sardonyx: no commands yet");
  }
}
