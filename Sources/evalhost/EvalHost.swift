// The program's entry: reads the command line, runs one command, turns errors into one line on
// stderr and an exit status. The same binary is every worker process, by a hidden first word.
internal import Arguments
internal import Config
internal import Datasets
internal import Launch
internal import PluginHost
internal import Posix
internal import Store

/// The program.
@main
struct EvalHost {
  static func main() {
    ignoreBrokenPipes()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == WorkerRole.hiddenVerb {
      end(HiddenWorker.run(Array(arguments.dropFirst())))
    }
    end(run(arguments, Console()))
  }

  private static func run(_ arguments: [String], _ console: Console) -> Int32 {
    do {
      let status = try dispatch(ArgumentReader.read(arguments), console)
      try console.flush()
      return status
    } catch OutputFailure.closed {
      return ExitCode.done.rawValue
    } catch {
      // What was written before the error goes out first; if that fails too, the error says more.
      try? console.flush()
      let failure = CommandFailure(describing: error)
      if !failure.description.isEmpty { console.say(failure.description) }
      return failure.exit.rawValue
    }
  }

  private static func dispatch(_ request: ParsedRequest, _ console: Console) throws -> Int32 {
    switch request {
    case .help(let text):
      try console.write(text)
      return ExitCode.done.rawValue
    case .version:
      try console.write("evalhost \(hostVersion)\n")
      return ExitCode.done.rawValue
    case .command(let command):
      return try run(command, console)
    }
  }

  private static func run(_ command: ParsedCommand, _ console: Console) throws -> Int32 {
    let exit: ExitCode
    switch command.name {
    // The controller speaks for itself and knows its own status.
    case .run: return try RunCommand.run(command)
    case .score: return try ScoreCommand.run(command)
    case .status: exit = try StatusCommand(command, console).run()
    case .stop: exit = try StopCommand.run(command, console)
    case .export: exit = try ExportCommand.run(command, console)
    case .pluginsList: exit = try PluginsList.run(command, console)
    case .pluginsInspect: exit = try PluginsInspect.run(command, console)
    case .pluginsVerify: exit = try PluginsVerify.run(command, console)
    case .datasetsList: exit = try DatasetsList.run(command, console)
    case .datasetsPrepare: exit = try DatasetsPrepare.run(command, console)
    case .datasetsShow: exit = try DatasetsShow.run(command, console)
    case .datasetsBundle: exit = try DatasetsBundle.run(command, console)
    case .metric: exit = try MetricCommand.run(command, console)
    case .configCheck: exit = try ConfigCommand.check(command, console)
    case .configDecode: exit = try ConfigCommand.decode(console)
    case .indexRebuild: exit = try IndexCommand.rebuild(command, console)
    case .doctor: exit = try DoctorCommand(command, console).run()
    }
    return exit.rawValue
  }
}

extension CommandFailure {
  /// The exit status and the line of any error that a command may throw.
  init(describing error: any Error) {
    switch error {
    case let error as CommandFailure: self = error
    case let error as UsageError: self.init(.usage, error.description)
    case let error as ConfigErrors: self.init(.usage, error.description)
    case let error as ConfigError: self.init(.usage, error.description)
    case let error as PluginError: self.init(.plugin, error.description)
    case let error as StoreError:
      // A folder or a run that is not there was mistyped; the rest is the store's own trouble.
      let isMistyped = error.kind == .missing || error.kind == .notFound
      self.init(isMistyped ? .usage : .storage, error.description)
    case let error as DatasetError: self.init(.usage, printable(error.description))
    case let error as PosixError: self.init(.storage, error.description)
    case OutputFailure.failed(let error): self.init(.storage, error.description)
    default: self.init(.storage, "\(error)")
    }
  }
}
