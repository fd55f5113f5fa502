// The time that the official Python code takes for the same responses. The script only calls and measures it.
internal import Glibc

/// Runs the official checker.
enum OfficialChecker {
  /// CPU seconds for all responses, strict and loose; `arguments` as the program got them.
  static func seconds(_ arguments: [String]) throws -> Double {
    let quoted = arguments.map { "'\($0)'" }
    if arguments.contains(where: { $0.contains("'") }) {
      throw BenchFailure("a quote in an argument")
    }
    let command =
      "\(quoted[2]) - \(quoted[3]) \(quoted[0]) \(quoted[1]) <<'SCRIPT'\n\(script)\nSCRIPT"
    let lines = try Lines.output(of: command)
    let text = String(decoding: lines.last ?? [], as: UTF8.self)
    guard let seconds = Double(text) else {
      throw BenchFailure("the official checker printed no time but '\(text)'")
    }
    return seconds
  }

  private static let script = """
    import gzip, json, logging, os, sys, time, types
    folder, prompts, responses = sys.argv[1:]
    sys.path.insert(0, folder)
    logging.disable(logging.CRITICAL)
    if os.path.isdir(os.path.join(folder, "instruction_following_eval")):
        from instruction_following_eval import evaluation_lib as lib
    else:
        for name in ("lm_eval", "lm_eval.tasks", "lm_eval.tasks.ifeval"):
            module = types.ModuleType(name)
            module.__path__ = [os.path.join(folder, *name.split("."))]
            sys.modules[name] = module
        from lm_eval.tasks.ifeval import utils as lib
    rows = {row["key"]: row for row in map(json.loads, open(prompts))}
    opened = gzip.open(responses, "rt") if responses.endswith(".gz") else open(responses)
    tries = [(rows[r["key"]], r["response"] or "") for r in map(json.loads, opened) if r["key"] in rows]
    # What is loaded when it is first needed, the splitter's and the detector's data, is loaded from here on.
    start = time.process_time()
    for row, text in tries:
        example = lib.InputExample(row["key"], row["instruction_id_list"], row["prompt"], row["kwargs"])
        answer = {row["prompt"]: text} if lib.__name__.endswith("evaluation_lib") else text
        lib.test_instruction_following_strict(example, answer)
        lib.test_instruction_following_loose(example, answer)
    print(time.process_time() - start)
    """
}
