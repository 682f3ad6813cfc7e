"""What a long job shows: a bar on a terminal, a line now and then anywhere else."""

from io import StringIO

from limosa.config.progress import ProgressBar


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_tells_percent_amount_rate_and_what_remains() -> None:
    bar = ProgressBar("bundles", unit="rows", stream=StringIO())
    text = bar.text(2_500_000, 10_000_000, seconds=25)
    assert text.split("]")[0].endswith("[######..................")
    assert text.split("]")[1] == "  25% 2,500,000 rows, 100,000/s, 1 min 15 s left"


def test_the_end_has_nothing_left() -> None:
    bar = ProgressBar("bundles", unit="rows", stream=StringIO())
    assert bar.text(10, 10, seconds=2).endswith("100% 10 rows, 5/s")
    assert bar.text(0, 0, seconds=0).endswith("100% 0 rows, 0/s")


def test_a_terminal_gets_one_line_that_is_drawn_over() -> None:
    screen = _Terminal()
    bar = ProgressBar("bundles", unit="rows", stream=screen)
    bar.show(10, 10)
    bar.show(10, 10)
    bar.finish()
    assert screen.getvalue().count("\r") == 2
    assert screen.getvalue().count("\n") == 1


def test_a_file_gets_the_end_only_when_the_job_is_short() -> None:
    file = StringIO()
    bar = ProgressBar("bundles", unit="rows", stream=file)
    for done in range(1, 101):
        bar.show(done, 100)
    bar.finish()
    assert file.getvalue().count("\n") == 1
    assert "\r" not in file.getvalue()
