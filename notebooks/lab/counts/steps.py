"""Following single lookups of a cell, instruction by instruction: which load waits for which.

A lookup is a chain of loads, each of which needs the address that the one before it found; the
processor cannot begin the second until the first is back.  How long that chain is, and how many
cache lines and pages it crosses, decides what a lookup costs once the map is larger than the
caches, and no count of instructions tells it.  So it is measured here, for any layout, without
knowing what the layout is:

The program runs up to the lookups under the clock and is then stepped (ptrace) through some of
them.  Each instruction is decoded (capstone), which says what it reads and writes.  Every register,
and every word written on the way, carries a number: how many loads, one after the other, its value
took.  What a lookup is given took none; a load takes one more than its address; anything else what
the greatest of its operands took.  A word that the lookup itself has written is no load when it is
read again, since it need not be fetched.  The chain of a lookup is the greatest number of all.
Branches are left out: the processor guesses them, and goes on.

Lines and pages are the distinct ones, of 64 bytes and 4 KiB, that are read outside of the stack
and of the program's own constants.  Lines that are neighbours in memory make one place: those
behind the first may have been fetched with it.  Only on Linux and x86-64.
"""
import collections
import ctypes
import importlib.util
import os
import platform
import re
import signal
import subprocess
import sys

from ..cell import CellFailed

LINE, PAGE = 64, 4096
STACK = 1 << 20  # bytes on either side of the stack's top that count as the stack
GETS = 300       # lookups that are followed; the trace's order is random, so they are a sample
INT3 = b"\xcc"
TRACEME, CONT, SINGLESTEP, GETREGS, SETREGS = 0, 7, 9, 12, 13
NO_RANDOM_ADDRESSES = 0x0040000
REGISTERS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp"
             " ss fs_base gs_base ds es fs gs").split()
NOT_LOADS = ("lea", "nop", "prefetch")  # mnemonics that begin so name memory but do not read it

Followed = collections.namedtuple(
    "Followed", "gets instructions loads chain chain_max lines places pages")


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in REGISTERS]


def unavailable():
    """Why nothing can be followed on this machine; None if it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "single lookups can be followed on Linux and x86-64 only"
    if not importlib.util.find_spec("capstone"):
        return "python3-capstone is missing: make build/packages-counts"
    return None


# ---- What an instruction does ----

WHOLE = {}  # the register that a part of it belongs to: eax, ax, al, ah -> rax
for letter in "abcd":
    WHOLE.update(dict.fromkeys([f"e{letter}x", f"{letter}x", f"{letter}l", f"{letter}h"],
                               f"r{letter}x"))
for name in ("si", "di", "bp", "sp"):
    WHOLE.update(dict.fromkeys([f"e{name}", name, f"{name}l"], f"r{name}"))
for number in range(8, 16):
    WHOLE.update(dict.fromkeys([f"r{number}{end}" for end in "dwb"], f"r{number}"))


def whole(name):
    return "xmm" + name[3:] if re.match("[yz]mm", name) else WHOLE.get(name, name)


class Operation:
    """One instruction: the registers it reads and writes, and where it reads and writes memory, as
    (base, index, scale, displacement, bytes)."""

    def __init__(self, code):
        from capstone import CS_AC_READ, CS_AC_WRITE, x86
        read, written = code.regs_access()
        name_of = code.reg_name
        self.next = code.address + code.size
        self.writes = {whole(name_of(r)) for r in written} - {"rip", "rsp"}
        self.loads, self.stores, addressing = [], [], set()
        registers = []
        for operand in code.operands:
            if operand.type == x86.X86_OP_REG:
                registers.append(operand.reg)
            if operand.type != x86.X86_OP_MEM or code.mnemonic.startswith(NOT_LOADS):
                continue
            memory = operand.mem
            base, index = (whole(name_of(r)) if r else None for r in (memory.base, memory.index))
            addressing |= {base, index}
            place = (base, index, memory.scale, memory.disp, operand.size)
            if operand.access & CS_AC_READ:
                self.loads.append(place)
            if operand.access & CS_AC_WRITE:
                self.stores.append(place)
        if code.mnemonic in ("pop", "ret"):
            self.loads.append(("rsp", None, 1, 0, 8))
        if code.mnemonic in ("push", "call"):
            self.stores.append(("rsp", None, 1, -8, 8))
        self.reads = {whole(name_of(r)) for r in read} - {"rip", "rsp"}
        plain_move = code.mnemonic.startswith("mov") or code.mnemonic in ("pop", "ret", "push")
        if self.loads or (self.stores and plain_move):
            # What only leads to the address is no part of the value; an operand that does both,
            # as in add (%rax),%rax, is greater for its part in the address anyway.
            self.reads -= addressing
        if code.mnemonic in ("xor", "pxor", "vpxor", "sub") and len(set(registers)) == 1 and \
                len(registers) == len(code.operands):
            self.reads = set()  # whatever it was, it is 0 now


class Lookup:
    """The chains of one lookup, followed from its first instruction to its last."""

    def __init__(self, stack, program):
        self.depth = collections.defaultdict(int)    # loads it took, by register
        self.written = {}                            # the same for words written on the way
        self.stack, self.program = stack, program
        self.instructions = self.loads = self.chain = 0
        self.lines, self.pages = set(), set()

    def is_stack(self, address):
        return abs(address - self.stack) < STACK

    def address_of(self, place, operation, value_of):
        base, index, scale, displacement, size = place
        address = displacement
        if base:
            address += operation.next if base == "rip" else value_of(base)
        if index:
            address += scale * value_of(index)
        depth = max(self.depth[r] for r in (base, index))
        return address & 0xffffffffffffffff, size, depth

    def load(self, address, size, depth):
        words = range(address & ~7, address + size, 8)
        if all(word in self.written for word in words):
            return max(depth, *(self.written[word] for word in words))
        if self.is_stack(address):
            return depth  # put there by the caller: it is as good as a register
        self.loads += 1
        self.chain = max(self.chain, depth + 1)
        if not self.program[0] <= address < self.program[1]:
            for byte in (address, address + size - 1):
                self.lines.add(byte // LINE)
                self.pages.add(byte // PAGE)
        return depth + 1

    def places(self):
        return sum(line - 1 not in self.lines for line in self.lines)

    def step(self, operation, value_of):
        self.instructions += 1
        loads = [self.load(*self.address_of(place, operation, value_of))
                 for place in operation.loads]
        depth = max([0, *loads, *(self.depth[r] for r in operation.reads)])
        for place in operation.stores:
            address, size, _ = self.address_of(place, operation, value_of)
            for word in range(address & ~7, address + size, 8):
                self.written[word] = depth
        for register in operation.writes:
            self.depth[register] = depth


# ---- The process that is followed ----

class Process:
    """A program, stopped before its first instruction; its addresses are the same each time."""

    def __init__(self, command):
        self.ptrace = ctypes.CDLL(None, use_errno=True).ptrace
        self.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self.ptrace.restype = ctypes.c_long
        self.pid = os.fork()
        if self.pid == 0:
            self.become(command)
        self.registers = Registers()
        self.wait()
        self.memory = open(f"/proc/{self.pid}/mem", "r+b", buffering=0)

    def become(self, command):
        try:
            ctypes.CDLL(None).personality(NO_RANDOM_ADDRESSES)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            self.ptrace(TRACEME, 0, None, None)
            os.execve(command[0], command, {})
        finally:
            os._exit(127)

    def wait(self):
        _, status = os.waitpid(self.pid, 0)
        if not os.WIFSTOPPED(status):
            self.pid = None
            raise CellFailed("the program ended before what was to be followed")
        if os.WSTOPSIG(status) != signal.SIGTRAP:
            raise CellFailed(f"the program was stopped by signal {os.WSTOPSIG(status)}")
        self.ptrace(GETREGS, self.pid, None, ctypes.byref(self.registers))

    def step(self):
        self.ptrace(SINGLESTEP, self.pid, None, None)
        self.wait()

    def go_to(self, address):
        """Runs up to an address."""
        self.memory.seek(address)
        covered = self.memory.read(1)
        self.memory.seek(address)
        self.memory.write(INT3)
        self.ptrace(CONT, self.pid, None, None)
        self.wait()
        self.memory.seek(address)
        self.memory.write(covered)
        if self.registers.rip != address + 1:
            raise CellFailed("the program stopped where it was not to")
        self.registers.rip = address
        self.ptrace(SETREGS, self.pid, None, ctypes.byref(self.registers))

    def read(self, address, size):
        self.memory.seek(address)
        return self.memory.read(size)

    def program(self):
        """Where the program lies: (first address, end)."""
        name = os.readlink(f"/proc/{self.pid}/exe")
        with open(f"/proc/{self.pid}/maps") as maps:
            places = [line.split()[0].split("-") for line in maps if line.rstrip().endswith(name)]
        return int(places[0][0], 16), int(places[-1][1], 16)

    def end(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.memory.close()


def symbols(program):
    """{name: address} of a program's functions."""
    listed = subprocess.run(["nm", "--defined-only", program], text=True, capture_output=True)
    if listed.returncode != 0:
        raise CellFailed(f"{program}: nm finds no symbols in it")
    words = (line.split() for line in listed.stdout.splitlines())
    return {w[2]: int(w[0], 16) for w in words if len(w) == 3}


def follow(command, gets=GETS):
    """Follows lookups of a cell, whose operation must be one that calls hamt_get: the first `gets`
    under the clock.  Figures are means for one lookup, but for chain_max, the greatest."""
    from capstone import CS_ARCH_X86, CS_MODE_64, Cs
    decoder = Cs(CS_ARCH_X86, CS_MODE_64)
    decoder.detail = True
    operations, lookups = {}, []
    named = symbols(command[0])
    process = Process(command)
    try:
        program = process.program()
        base = program[0] if named["hamt_get"] < program[0] else 0
        process.go_to(base + named["workload_sample"])
        for _ in range(gets):
            process.go_to(base + named["hamt_get"])
            registers = process.registers
            top = registers.rsp
            back = int.from_bytes(process.read(top, 8), "little")
            lookup = Lookup(top, program)
            while not (registers.rip == back and registers.rsp > top):
                at = registers.rip
                if at not in operations:
                    code = next(decoder.disasm(process.read(at, 15), at), None)
                    if code is None:
                        raise CellFailed(f"no instruction is known at {at:#x}")
                    operations[at] = Operation(code)
                lookup.step(operations[at], lambda name: getattr(registers, name))
                process.step()
            lookups.append(lookup)
    finally:
        process.end()

    def mean(figure):
        return sum(map(figure, lookups)) / len(lookups)
    return Followed(len(lookups), mean(lambda l: l.instructions), mean(lambda l: l.loads),
                    mean(lambda l: l.chain), max(l.chain for l in lookups),
                    mean(lambda l: len(l.lines)), mean(Lookup.places),
                    mean(lambda l: len(l.pages)))
