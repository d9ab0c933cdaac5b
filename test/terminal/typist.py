"""Types lines into a program at a pseudo-terminal: typist.py PROMPT LINES-FILE PROGRAM...; each line is typed when the prompt has come back."""
import os, pty, select, sys, time

prompt, lines_file, *argv = sys.argv[1:]
lines = open(lines_file, encoding='utf8').read().split('\0')
pid, fd = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'xterm-256color'
    os.execvp(argv[0], argv)

output = b''


def pump(until, patience):
    """Reads until the text has come since `start`, and nothing more for a moment."""
    global output
    start, deadline = len(output), time.time() + patience
    while time.time() < deadline:
        ready, _, _ = select.select([fd], [], [], 0.15)
        if ready:
            try:
                data = os.read(fd, 65536)
            except OSError:
                return False
            if not data:
                return False
            output += data
            # fish asks what terminal this is.
            if b'\x1b[c' in data or b'\x1b[0c' in data:
                os.write(fd, b'\x1b[?1;2c')
        elif until in output[start:]:
            return True
    return True


pump(prompt.encode(), 15)
for line in lines:
    os.write(fd, line.encode() + b'\r')
    if not pump(prompt.encode(), 15):
        break
try:
    os.write(fd, b'\x04')
    pump(b'\0', 1)
except OSError:
    pass
sys.stdout.buffer.write(output)
