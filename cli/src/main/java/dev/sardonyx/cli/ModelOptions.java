package dev.sardonyx.cli;

import dev.sardonyx.Accuracy;
import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A model, and how it is to be run. */
final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  CommandSpec command;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The ONNX file.")
  Path model;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to run on (default: one per processor).")
  Integer threads;

  @Option(names = "--no-optimize", description = "Run every node as the file has it.")
  boolean asItIs;

  @Option(
      names = "--strict",
      description = "Leave out algorithms that are faster but round a little more.")
  boolean strict;

  Session open() {
    return Session.open(model, options());
  }

  SessionOptions options() {
    SessionOptions options =
        SessionOptions.DEFAULTS
            .optimize(!asItIs)
            .accuracy(strict ? Accuracy.STRICT : Accuracy.NORMAL);
    try {
      return threads == null ? options : options.threads(threads);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--" + e.getMessage(), e);
    }
  }
}
