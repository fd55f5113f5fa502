# Test source made to say what it found: an assert that compares keeps both sides, and counts which assert it was. What
# it accepts and refuses is unchanged, and so are its messages.
import ast

PREFIX = "__evalhost_"


class Assertions(ast.NodeTransformer):
    """Rewrites asserts; `functions` are the names whose calls make a side the program's answer."""

    def visit_Assert(self, node):
        name = self.name
        message = node.msg or ast.Constant(None)
        has_message = ast.Constant(node.msg is not None)
        test = node.test
        steps = [ast.Expr(self.call("count"))]
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
            left, right = test.left, test.comparators[0]
            turned = ast.Constant(is_plain(left) and not is_plain(right))
            steps += [
                ast.Assign([ast.Name(name("left"), ast.Store())], left),
                ast.Assign([ast.Name(name("right"), ast.Store())], right),
                ast.If(
                    ast.UnaryOp(ast.Not(), ast.Compare(
                        ast.Name(name("left"), ast.Load()), [ast.Eq()], [ast.Name(name("right"), ast.Load())])),
                    [ast.Raise(self.call(
                        "differ", ast.Name(name("left"), ast.Load()), ast.Name(name("right"), ast.Load()), turned,
                        has_message, message))], []),
            ]
        else:
            steps.append(ast.If(
                ast.UnaryOp(ast.Not(), test),
                [ast.Raise(self.call("fail", ast.Constant(ast.unparse(test)[:400]), has_message, message))], []))
        for step in steps:
            ast.copy_location(step, node)
            ast.fix_missing_locations(step)
        return steps

    @staticmethod
    def name(word):
        return PREFIX + word

    @staticmethod
    def call(word, *arguments):
        return ast.Call(ast.Name(PREFIX + word, ast.Load()), list(arguments), [])


def is_plain(node):
    """Whether an expression calls nothing."""
    return not any(isinstance(part, ast.Call) for part in ast.walk(node))


def takes_attribute_of(name, sources):
    """Whether sources use a name as one uses a module."""
    return any(
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
        for source in sources for node in ast.walk(ast.parse(source)))


def compiled(source, name):
    """The code of a test with its asserts rewritten."""
    return compile(Assertions().visit(ast.parse(source, name)), name, "exec")


class Recorder:
    """What the rewritten asserts call."""

    def __init__(self):
        self.asserts = 0

    def names(self):
        return {PREFIX + "count": self.count, PREFIX + "differ": self.differ, PREFIX + "fail": self.fail}

    def count(self):
        self.asserts += 1

    @staticmethod
    def differ(left, right, turned, has_message, message):
        error = AssertionError(message) if has_message else AssertionError()
        error.sides = (right, left) if turned else (left, right)
        return error

    @staticmethod
    def fail(text, has_message, message):
        error = AssertionError(message) if has_message else AssertionError()
        error.condition = text
        return error
