package dev.sardonyx.cli;

import dev.sardonyx.graph.ModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code sardonyx} command; what it can do is in its subcommands, one class each. */
@Command(
    name = "sardonyx",
    description = "Runs ONNX models in pure Java: looks into them, makes them faster, tests them.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      Demo.class,
      Run.class,
      Verify.class,
      Inspect.class,
      Bench.class,
      Optimize.class,
      Convert.class
    },
    commandListHeading = "%nCommands:%n",
    footerHeading = "%n",
    footer = {
      "Begin with:",
      "  sardonyx demo                      a sentence-embedding model at work",
      "  sardonyx inspect model.onnx        what is in a model",
      "  sardonyx run model.onnx            run it once, on random inputs",
      "  sardonyx COMMAND --help            options and examples",
      "",
      "Exit codes: 0 all is well; 1 a model, an input or a result is not as it",
      "should be; 2 the command line is not understood. With SARDONYX_DEBUG=1,",
      "errors tell where in the code they arose."
    })
public final class Main {
  private static final int DATA_ERROR = 1;

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    // So that System.console() is null in a pipe on every JDK, not only up to 21.
    System.setProperty("jdk.console", "java.base");
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(execute(out, err, args));
  }

  /**
   * Runs the command.
   *
   * @param args the command line
   * @return the exit code: 0, 1 for bad data or failed verification, 2 for a bad command line
   */
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    try {
      return new CommandLine(new Main())
          .setOut(out)
          .setErr(err)
          .setUsageHelpAutoWidth(true)
          .setCaseInsensitiveEnumValuesAllowed(true)
          .setParameterExceptionHandler((e, rest) -> misused(e))
          .setExecutionExceptionHandler((e, command, parsed) -> failed(e, err))
          .execute(args);
    } catch (OutOfMemoryError e) {
      return failed(
          new ModelException(
              "expected less memory to be needed than the %s of the Java heap; java -Xmx8g gives more"
                  .formatted(Figures.bytes(Runtime.getRuntime().maxMemory())),
              e),
          err);
    } finally {
      out.flush();
      err.flush();
    }
  }

  private static int misused(ParameterException e) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    boolean bare = command.getParent() == null && !(e instanceof UnmatchedArgumentException);
    if (bare) { // no subcommand at all
      command.usage(err);
    } else {
      err.println("sardonyx: " + e.getMessage());
      UnmatchedArgumentException.printSuggestions(e, err);
      err.printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
    }
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, PrintWriter err) {
    err.println("sardonyx: " + sentence(e));
    if (System.getenv("SARDONYX_DEBUG") != null) {
      e.printStackTrace(err);
    }
    return DATA_ERROR;
  }

  private static String sentence(Throwable e) {
    if (e instanceof ModelException) {
      return e.getMessage();
    } else if (e instanceof UncheckedIOException) {
      return sentence(e.getCause());
    } else if (e instanceof NoSuchFileException f) {
      return f.getFile() + ": there is no such file";
    } else if (e instanceof AccessDeniedException f) {
      return f.getFile() + ": access denied";
    } else if (e instanceof FileSystemException f) {
      return f.getFile() + ": " + (f.getReason() == null ? f : f.getReason());
    } else if (e instanceof IOException) {
      return e.getMessage();
    }
    return "this should not have happened, please report it: " + e;
  }

  /** The version, from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"sardonyx " + (version == null ? "(not packaged)" : version)};
    }
  }
}
