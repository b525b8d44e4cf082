"""Where a watch begins and ends: nesting, exceptions, threads, generators, tasks, compiled code; and what it leaves."""

from __future__ import annotations

import asyncio
import gc
import threading
import types
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from logitlint.runtime import BlindWarning, WrongKindError, WrongKindWarning, watch

SCORES = 4 * torch.randn(16, 10, generator=torch.Generator().manual_seed(1))
CLASSES = torch.arange(16) % 10
LABELS = torch.eye(10)[CLASSES]


def wrong() -> torch.Tensor:
    return functional.cross_entropy(SCORES.softmax(1), CLASSES)


def said(function: Callable[[], object]) -> list[str]:
    """The codes of the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    return [str(each.message).split()[0] for each in caught if each.category is WrongKindWarning]


# -- beginning and end -------------------------------------------------------------------------------------------------


def test_two_watches_each_say_what_they_see_and_one_that_is_entered_twice_says_it_once() -> None:
    def nested(outer: watch, inner: watch) -> None:
        with outer, inner:
            wrong()

    assert said(lambda: nested(watch(), watch())) == ["LGT101", "LGT101"]
    one = watch()
    assert said(lambda: nested(one, one)) == ["LGT101"]
    assert said(lambda: nested(one, one)) == []


def test_evidence_is_not_counted_twice_where_a_watch_is_entered_twice() -> None:
    rows = SCORES[:7].softmax(1)  # one too few
    one = watch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with one, one, watch():
            functional.cross_entropy(rows, CLASSES[:7])


def test_the_outer_watch_looks_on_when_the_inner_one_has_ended() -> None:
    def run() -> None:
        with watch():
            with watch():
                pass
            wrong()

    assert said(run) == ["LGT101"]


@pytest.mark.parametrize("on", ["warn", "raise"])
def test_an_exception_ends_the_scope_and_goes_on(on: str) -> None:
    scope = watch(on=on)
    with pytest.raises(ZeroDivisionError), scope:
        raise ZeroDivisionError
    assert said(wrong) == []
    with pytest.raises(WrongKindError), watch(on="raise"):
        wrong()
    assert said(wrong) == []


def test_scopes_that_end_in_another_order_than_they_began_leave_nothing_behind() -> None:
    first, second = watch(), watch()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert said(wrong) == ["LGT101"]  # of the second
    second.__exit__(None, None, None)
    assert said(wrong) == []
    assert not torch.overrides._get_current_function_mode_stack()


def test_a_loss_that_fails_is_seen_to_fail_as_it_would() -> None:
    with watch(), pytest.raises(IndexError):
        functional.cross_entropy(SCORES, CLASSES + 100)
    assert said(lambda: watch()(wrong)()) == ["LGT101"]  # no longer taken to be inside of a loss


# -- threads -----------------------------------------------------------------------------------------------------------


def in_threads(*functions: Callable[[], object]) -> None:
    threads = [threading.Thread(target=function) for function in functions]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def test_another_thread_is_not_inside() -> None:
    def run() -> None:
        with watch():
            in_threads(wrong)

    assert said(run) == []


def test_each_thread_may_have_a_scope_of_its_own_and_they_may_overlap() -> None:
    import keras

    assert keras.losses.binary_crossentropy
    plain = keras.losses.binary_crossentropy, keras.losses.Loss.__call__
    meet = threading.Barrier(2)
    order: list[str] = []

    def first() -> None:
        with watch():
            meet.wait()
            meet.wait()
        order.append("first ended")
        meet.wait()

    def second() -> None:
        meet.wait()
        with watch():
            meet.wait()
            meet.wait()
            assert order == ["first ended"]
            keras.losses.binary_crossentropy(LABELS.numpy(), SCORES.numpy())
            wrong()

    assert said(lambda: in_threads(first, second)) == ["LGT201", "LGT101"]
    assert (keras.losses.binary_crossentropy, keras.losses.Loss.__call__) == plain


def test_one_watch_may_decorate_what_several_threads_run() -> None:
    step = watch()(wrong)
    assert said(lambda: in_threads(*[lambda: [step() for _ in range(20)]] * 4)) == ["LGT101"]
    assert said(wrong) == []


# -- what runs in pieces -----------------------------------------------------------------------------------------------


def test_a_generator_is_inside_and_the_loop_that_takes_from_it_is_not() -> None:
    @watch()
    def batches() -> Iterator[torch.Tensor]:
        try:
            yield SCORES
            received = yield functional.nll_loss(SCORES.softmax(1), CLASSES)  # LGT203
            assert received == "sent"
        except KeyError:
            functional.binary_cross_entropy_with_logits(SCORES.sigmoid(), LABELS)  # LGT102
            yield SCORES
        finally:
            wrong()

    def run() -> None:
        steps: Any = batches()
        next(steps)
        wrong()
        next(steps)
        with pytest.raises(StopIteration):
            steps.send("sent")

    def thrown() -> None:
        steps: Any = batches()
        next(steps)
        steps.throw(KeyError("thrown"))
        wrong()
        steps.close()

    assert said(run) == ["LGT203", "LGT101"]
    assert said(thrown) == ["LGT102"]  # the line in `wrong` has been told of
    assert batches.__name__ == "batches"


def test_a_coroutine_is_inside_and_the_tasks_that_run_meanwhile_are_not() -> None:
    @watch()
    async def step() -> str:
        await asyncio.sleep(0)
        functional.nll_loss(SCORES.softmax(1), CLASSES)
        await asyncio.sleep(0)
        return "done"

    async def other() -> None:
        for _ in range(6):
            wrong()
            await asyncio.sleep(0)

    async def both() -> None:
        assert (await asyncio.gather(step(), other(), step()))[0] == "done"

    assert said(lambda: asyncio.run(both())) == ["LGT203"]


def test_a_scope_that_is_held_while_a_task_waits_is_that_tasks() -> None:
    async def step() -> None:
        with watch():
            await asyncio.sleep(0)
            functional.nll_loss(SCORES.softmax(1), CLASSES)
            await asyncio.sleep(0)

    async def other() -> None:
        for _ in range(4):
            wrong()
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(step(), other(), step())

    assert said(lambda: asyncio.run(both())) == ["LGT203", "LGT203"]
    assert not torch.overrides._get_current_function_mode_stack()


def test_an_asynchronous_generator_is_inside_step_by_step() -> None:
    ended: list[str] = []

    @watch()
    async def batches() -> AsyncIterator[int]:
        try:
            for number in range(3):
                await asyncio.sleep(0)
                functional.nll_loss(SCORES.softmax(1), CLASSES)
                yield number
        except KeyError:
            yield 7
        finally:
            ended.append("ended")

    async def run() -> None:
        taken = []
        async for number in batches():
            wrong()
            taken.append(number)
        assert taken == [0, 1, 2]
        steps: Any = batches()
        await steps.__anext__()
        assert await steps.athrow(KeyError("thrown")) == 7
        await steps.aclose()

    assert said(lambda: asyncio.run(run())) == ["LGT203"]
    assert ended == ["ended", "ended"]


def test_a_method_and_a_class_method_can_be_decorated() -> None:
    class Trainer:
        @watch()
        def step(self) -> torch.Tensor:
            return wrong()

        @classmethod
        @watch()
        def build(cls) -> torch.Tensor:
            return wrong()

    assert said(Trainer().step) == ["LGT101"]
    assert said(Trainer.build) == ["LGT101"]


# -- nothing is changed ------------------------------------------------------------------------------------------------


def trained(scope: Any, *, precise: bool = True) -> tuple[list[float], list[torch.Tensor]]:
    """Losses and weights of a short training, the same each time."""
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 10), nn.Softmax(1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    losses = []
    with ExitStack() as stack:
        if not precise:
            stack.enter_context(torch.autocast("cpu", dtype=torch.bfloat16))
        for _ in range(30):
            optimizer.zero_grad()
            with scope:
                loss = nn.CrossEntropyLoss()(net(SCORES), CLASSES) + functional.mse_loss(net(SCORES), LABELS)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses, [weight.detach() for weight in net.parameters()]


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Many wait for each other where others work as well."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("precise", [True, False])
def test_a_training_is_the_same_to_the_last_bit(precise: bool) -> None:
    plain = trained(ExitStack(), precise=precise)
    with pytest.warns(WrongKindWarning, match="LGT101"):
        watched = trained(watch(), precise=precise)
    assert plain[0] == watched[0]
    assert all(torch.equal(one, other) for one, other in zip(plain[1], watched[1], strict=True))


def test_what_a_module_imports_inside_is_what_it_is_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    (tmp_path / "imported_inside.py").write_text("from keras.losses import binary_crossentropy as loss\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    plain = keras.losses.binary_crossentropy
    with watch():
        assert keras.losses.binary_crossentropy is not plain
        import imported_inside  # type: ignore[import-not-found]

        own = types.ModuleType("own")
        replaced_by_the_program = keras.losses.binary_focal_crossentropy
        keras.losses.binary_focal_crossentropy = own
    assert imported_inside.loss is plain
    assert keras.losses.binary_focal_crossentropy is own
    keras.losses.binary_focal_crossentropy = replaced_by_the_program.__wrapped__


def test_what_was_looked_at_is_not_kept() -> None:
    with watch():
        scores = SCORES.clone()
        functional.cross_entropy(scores, CLASSES)
        functional.cross_entropy(scores[:1].softmax(1), CLASSES[:1])
    import weakref

    alive = weakref.ref(scores)
    del scores
    gc.collect()
    assert alive() is None


# -- right programs ----------------------------------------------------------------------------------------------------


class Cosine(nn.Module):
    """Scores in [-1, 1], scaled: what face recognition trains with."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return 16 * functional.cosine_similarity(features[:, None], torch.eye(10)[None], dim=-1)


def test_right_programs_with_strange_numbers_stay_quiet() -> None:
    soft = torch.full((16, 10), 0.05) + 0.5 * LABELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with watch(on="raise"):
            for _ in range(60):
                functional.cross_entropy(torch.zeros(64, 10), torch.zeros(64, dtype=torch.long))
                functional.cross_entropy(torch.full((64, 10), 0.1), torch.zeros(64, dtype=torch.long))
                functional.cross_entropy(200 * LABELS - 100, CLASSES)
                functional.cross_entropy(SCORES, LABELS)
                functional.cross_entropy(SCORES, soft, label_smoothing=0.1)
                functional.cross_entropy(SCORES[:1], CLASSES[:1])
                functional.cross_entropy(SCORES[0], CLASSES[0])
                functional.cross_entropy(LABELS, CLASSES)  # a perfect prediction, in somebody's own test
                functional.cross_entropy(Cosine()(SCORES), CLASSES)
                functional.cross_entropy(SCORES.masked_fill(LABELS == 0, -torch.inf), CLASSES)
                functional.binary_cross_entropy_with_logits(torch.zeros(64, 1), torch.ones(64, 1))
                functional.binary_cross_entropy_with_logits(torch.full((256,), 0.62), torch.ones(256))
                functional.binary_cross_entropy_with_logits(0.5 + 0.01 * SCORES, LABELS)
                functional.binary_cross_entropy(LABELS, LABELS)
                functional.binary_cross_entropy(SCORES.sigmoid().half().float(), LABELS)
                functional.nll_loss(SCORES.log_softmax(1).half().float(), CLASSES)
                functional.nll_loss((SCORES.softmax(1) + 1e-8).log(), CLASSES)
                functional.kl_div(SCORES.log_softmax(1), LABELS, reduction="batchmean")


# -- where numbers cannot be seen --------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False])
def test_compiled_code_is_what_it_was_and_is_said_not_to_be_seen_once(whole: bool) -> None:
    def step(scores: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(scores.softmax(1), CLASSES)

    compiled = torch.compile(step, backend="aot_eager", fullgraph=whole)
    plain = compiled(SCORES)
    watched = watch()(compiled)
    with pytest.warns(BlindWarning, match="torch.compile") as told:
        results = [watched(SCORES) for _ in range(3)]
    assert len(told) == 1
    assert Path(told[0].filename).name == Path(__file__).name
    assert all(torch.equal(each, plain) for each in results)


@pytest.mark.filterwarnings("ignore::logitlint.runtime.WrongKindWarning", "ignore::logitlint.runtime.BlindWarning")
def test_a_watched_step_is_compiled_once_more_and_no_oftener() -> None:
    graphs = []

    def backend(graph: torch.fx.GraphModule, _inputs: object) -> Callable[..., object]:
        graphs.append(graph)
        return graph.forward

    @torch.compile(backend=backend)
    def step(scores: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(scores.softmax(1), CLASSES)

    step(SCORES)
    assert len(graphs) == 1
    scope = watch()
    for _ in range(5):
        with scope:
            step(SCORES)
        with watch():
            step(SCORES)
        step(SCORES)
    assert len(graphs) == 2


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_a_script_is_what_it_was_and_is_not_seen() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        scripted = torch.jit.script(Scripted())
    plain = wrong()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        with watch():
            assert torch.equal(scripted(SCORES, CLASSES), plain)


class Scripted(nn.Module):
    def forward(self, scores: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(scores.softmax(1), classes)


def test_blindness_does_not_hide_what_went_wrong() -> None:
    @watch()
    def step() -> None:
        compiled = torch.compile(lambda: functional.cross_entropy(SCORES, CLASSES), backend="eager")
        compiled()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        step()
