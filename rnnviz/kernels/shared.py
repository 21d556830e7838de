"""Functions that all loops share: compiled once, and called where they are.

Into each loop numba compiles a copy of what it calls. Of a large function that many call, that is most of the work.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.typing.templates import signature
from numba.extending import lower_builtin, type_callable
from numba.np.numpy_support import as_dtype, from_dtype

from rnnviz.kernels.cache import BEFORE

F = TypeVar("F", bound=Callable[..., Any])


def shared(compiled: Callable[[Any], Any], *layouts: str) -> Callable[[F], F]:
    """Compile a function of matrices, once for each type of numbers, by `compiled`; it returns nothing.

    layouts: of each matrix "C" where it is in one piece, row by row, and "A" where it need not be.
    """

    def decorate(function: F) -> F:
        known: dict[Any, Any] = {}
        at_work: set[Any] = set()

        def matrices(number: Any) -> list[Any]:
            return [types.Array(number, 2, layout) for layout in layouts]

        def name(number: Any) -> str:
            return f"{function.__module__}.{function.__name__}.{number}"

        @global_compiler_lock
        def ready(number: Any) -> Any:
            """Compile it for a type of numbers, or take it from the cache; and give its address to whoever calls it."""
            if number not in known and number not in at_work:
                at_work.add(number)  # to take it from the cache asks for this, too
                try:
                    dispatcher = compiled(function)
                    dispatcher.compile(tuple(matrices(number)))
                    dispatcher.disable_compile()  # other layouts are taken for these
                    [found] = dispatcher.overloads.values()
                    address = found.library.get_pointer_to_function(found.fndesc.llvm_func_name)
                    llvmlite.binding.add_symbol(name(number), address)
                    known[number] = known[as_dtype(number)] = dispatcher
                finally:
                    at_work.discard(number)
            return known.get(number)

        @wraps(function)
        def call(*arguments: Any) -> None:
            dtype = arguments[0].dtype
            (known.get(dtype) or ready(from_dtype(dtype)))(*arguments)

        @type_callable(call)
        def _typed(_context: Any) -> Any:
            @wraps(function)  # whose parameters numba looks at
            def typed(*arguments: Any) -> Any:
                return signature(types.none, *matrices(arguments[0].dtype))

            return typed

        @lower_builtin(call, *[types.Array] * len(layouts))
        def _lowered(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
            number, convention = sig.args[0].dtype, context.call_conv
            ready(number)
            kind = convention.get_function_type(types.none, sig.args)
            there = builder.module.globals.get(name(number)) or ir.Function(builder.module, kind, name(number))
            convention.call_function(builder, there, types.none, sig.args, arguments)
            return context.get_dummy_value()

        BEFORE.append(ready)
        return call  # pyright: ignore[reportReturnType]

    return decorate
