"""Following single lookups of a cell, instruction by instruction: which load waits for which.

A lookup is a chain of loads, each of which needs the address that the one before it found; the processor cannot begin
the second until the first is back.  How long that chain is, and how many cache lines and pages it crosses, decides what
a lookup costs once the map is larger than the caches, and no count of instructions tells it.  So it is measured here,
for any layout, without knowing what the layout is:

The program runs up to the lookups under the clock and is then stepped (ptrace) through some of them.  Each instruction
is decoded (capstone), which says what it reads and writes.  Every register, and every word written on the way, carries
a number: how many loads, one after the other, its value took.  What a lookup is given took none; a load takes one more
than its address; anything else what the greatest of its operands took.  A word that the lookup itself has written is no
load when it is read again, since it need not be fetched.  The chain of a lookup is the greatest number of all.
Branches are left out: the processor guesses them, and goes on.

Lines and pages are the distinct ones, of 64 bytes and 4 KiB, that are read outside of the stack and of the program's
own constants.  Lines that are neighbours in memory make one place: those behind the first may have been fetched with
it.  Only on Linux and x86-64.
"""
import ctypes
import importlib.util
import os
import platform
import re
import signal
import subprocess
import sys
from collections import defaultdict
from statistics import fmean
from typing import NamedTuple

import core
from protocol import Failed

LINE, PAGE = 64, 4096
STACK = 1 << 20  # bytes on either side of the stack's top that count as the stack
GETS = 300       # lookups that are followed; the trace's order is random, so they are a sample
WARMING = 3      # in the first of so many parts of them a core learns to guess, and fills its cache
INT3 = b"\xcc"
TRACEME, CONT, SINGLESTEP, GETREGS, SETREGS = 0, 7, 9, 12, 13
NO_RANDOM_ADDRESSES = 0x0040000
REGISTERS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp"
             " ss fs_base gs_base ds es fs gs").split()
NOT_LOADS = ("lea", "nop", "prefetch")  # mnemonics that begin so name memory but do not read it


class Followed(NamedTuple):
    """Means for one lookup, but for the number of lookups and the longest chain."""
    gets: int
    instructions: float
    loads: float
    chain: float
    chain_max: int
    lines: float
    places: float
    pages: float
    wrong: float   # branches guessed wrong, and
    missed: float  # lines not in the first-level cache, of the lookups behind the first third


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

# The register that a part of it belongs to: eax, ax, al, ah -> rax.
WHOLE = {part.format(letter): f"r{letter}x" for letter in "abcd" for part in ("e{}x", "{}x", "{}l", "{}h")}
WHOLE |= {part.format(name): f"r{name}" for name in ("si", "di", "bp", "sp") for part in ("e{}", "{}", "{}l")}
WHOLE |= {f"r{number}{end}": f"r{number}" for number in range(8, 16) for end in "dwb"}


def whole(name):
    return "xmm" + name[3:] if re.match("[yz]mm", name) else WHOLE.get(name, name)


class Operation:
    """One instruction: the registers it reads and writes, and where it reads and writes memory, as
    (base, index, scale, displacement, bytes)."""

    def __init__(self, code):
        from capstone import CS_AC_READ, CS_AC_WRITE, x86

        def name_of(register):
            return whole(code.reg_name(register)) if register else None
        self.reads, self.writes = ({name_of(register) for register in some} - {"rip", "rsp"}
                                   for some in code.regs_access())
        self.next = code.address + code.size
        self.is_branch = code.mnemonic.startswith("j") and code.mnemonic != "jmp"  # that may not be taken
        self.loads, self.stores, addressing = [], [], set()
        for operand in code.operands:
            if operand.type == x86.X86_OP_MEM and not code.mnemonic.startswith(NOT_LOADS):
                memory = operand.mem
                place = (name_of(memory.base), name_of(memory.index), memory.scale, memory.disp, operand.size)
                addressing |= {*place[:2]}
                self.loads += [place] if operand.access & CS_AC_READ else []
                self.stores += [place] if operand.access & CS_AC_WRITE else []
        if code.mnemonic in ("pop", "ret"):
            self.loads.append(("rsp", None, 1, 0, 8))
        if code.mnemonic in ("push", "call"):
            self.stores.append(("rsp", None, 1, -8, 8))
        plain_move = code.mnemonic.startswith("mov") or code.mnemonic in ("pop", "ret", "push")
        if self.loads or (self.stores and plain_move):
            # What only leads to the address is no part of the value; an operand that does both,
            # as in add (%rax),%rax, is greater for its part in the address anyway.
            self.reads -= addressing
        registers = [operand.reg for operand in code.operands if operand.type == x86.X86_OP_REG]
        if code.mnemonic in ("xor", "pxor", "vpxor", "sub") and len(set(registers)) == 1 and \
                len(registers) == len(code.operands):
            self.reads = set()  # whatever it was, it is 0 now


class Lookup:
    """The chains of one lookup, followed from its first instruction to its last."""

    def __init__(self, stack, program):
        self.depth = defaultdict(int)  # loads it took, by register
        self.written = {}              # the same for words written on the way
        self.stack, self.program = stack, program
        self.instructions = self.loads = self.chain = 0
        self.pages = set()
        self.branches, self.reads = [], []  # (address, whether taken); lines, in their order

    def address_of(self, place, operation, value_of):
        base, index, scale, displacement, size = place
        address = displacement
        if base:
            address += operation.next if base == "rip" else value_of(base)
        if index:
            address += scale * value_of(index)
        return address & 0xffffffffffffffff, size, max(self.depth[base], self.depth[index])

    def load(self, address, size, depth):
        words = range(address & ~7, address + size, 8)
        if all(word in self.written for word in words):
            return max(depth, *(self.written[word] for word in words))
        if abs(address - self.stack) < STACK:
            return depth  # put there by the caller: it is as good as a register
        self.loads += 1
        self.chain = max(self.chain, depth + 1)
        if not self.program[0] <= address < self.program[1]:
            ends = address, address + size - 1
            self.reads += sorted({byte // LINE for byte in ends})
            self.pages |= {byte // PAGE for byte in ends}
        return depth + 1

    @property
    def lines(self):
        return set(self.reads)

    def places(self):
        lines = self.lines
        return sum(line - 1 not in lines for line in lines)

    def step(self, operation, value_of):
        self.instructions += 1
        loads = [self.load(*self.address_of(place, operation, value_of)) for place in operation.loads]
        depth = max([0, *loads, *(self.depth[register] for register in operation.reads)])
        for place in operation.stores:
            address, size, _ = self.address_of(place, operation, value_of)
            self.written.update(dict.fromkeys(range(address & ~7, address + size, 8), depth))
        self.depth.update(dict.fromkeys(operation.writes, depth))


# ---- The process that is followed ----

class Process:
    """A program, stopped before its first instruction; its addresses are the same each time."""

    def __init__(self, command):
        self.ptrace = ctypes.CDLL(None, use_errno=True).ptrace
        self.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self.ptrace.restype = ctypes.c_long
        self.registers = Registers()
        self.pid = os.fork()
        if self.pid == 0:
            self.become(command)
        self.wait()
        self.memory = open(f"/proc/{self.pid}/mem", "r+b", buffering=0)

    def become(self, command):
        try:
            ctypes.CDLL(None).personality(NO_RANDOM_ADDRESSES)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            self.ptrace(TRACEME, 0, None, None)
            os.execve(command[0], command, {})
        finally:
            os._exit(127)

    def wait(self):
        _, status = os.waitpid(self.pid, 0)
        if not os.WIFSTOPPED(status):
            self.pid = None
            raise Failed("the program ended before what was to be followed")
        if os.WSTOPSIG(status) != signal.SIGTRAP:
            raise Failed(f"the program was stopped by signal {os.WSTOPSIG(status)}")
        self.ptrace(GETREGS, self.pid, None, ctypes.byref(self.registers))

    def go_on(self, how):
        self.ptrace(how, self.pid, None, None)
        self.wait()

    def go_to(self, address):
        """Runs up to an address."""
        covered = self.read(address, 1)
        self.write(address, INT3)
        self.go_on(CONT)
        self.write(address, covered)
        if self.registers.rip != address + 1:
            raise Failed("the program stopped where it was not to")
        self.registers.rip = address
        self.ptrace(SETREGS, self.pid, None, ctypes.byref(self.registers))

    def read(self, address, size):
        self.memory.seek(address)
        return self.memory.read(size)

    def write(self, address, content):
        self.memory.seek(address)
        self.memory.write(content)

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
    said = subprocess.run(["nm", "--defined-only", program], text=True, capture_output=True, check=True).stdout
    words = map(str.split, said.splitlines())
    return {found[2]: int(found[0], 16) for found in words if len(found) == 3}


def follow(command, gets=GETS):
    """Follows lookups of a cell, whose operation must be one that calls hamt_get: the first `gets`
    under the clock."""
    from capstone import CS_ARCH_X86, CS_MODE_64, Cs
    decoder = Cs(CS_ARCH_X86, CS_MODE_64)
    decoder.detail = True
    operations, lookups = {}, []
    named = symbols(command[0])
    process = Process(command)
    registers = process.registers
    try:
        program = process.program()
        base = program[0] if named["hamt_get"] < program[0] else 0
        process.go_to(base + named["workload_sample"])
        for _ in range(gets):
            process.go_to(base + named["hamt_get"])
            top = registers.rsp
            back = int.from_bytes(process.read(top, 8), "little")
            lookup = Lookup(top, program)
            while not (registers.rip == back and registers.rsp > top):
                at = registers.rip
                if at not in operations:
                    code = next(decoder.disasm(process.read(at, 15), at), None)
                    if code is None:
                        raise Failed(f"no instruction is known at {at:#x}")
                    operations[at] = Operation(code)
                lookup.step(operations[at], lambda name: getattr(registers, name))
                process.go_on(SINGLESTEP)
                if operations[at].is_branch:
                    lookup.branches.append((at, registers.rip != operations[at].next))
            lookups.append(lookup)
    finally:
        process.end()
    means = (fmean(map(figure, lookups)) for figure in (
        lambda one: one.instructions, lambda one: one.loads, lambda one: one.chain, lambda one: len(one.lines),
        Lookup.places, lambda one: len(one.pages)))
    instructions, loads, chain, *rest = means
    warm = len(lookups) // WARMING
    of_core = (fmean(figure[warm:]) for figure in (core.wrong([one.branches for one in lookups]),
                                                   core.missed([one.reads for one in lookups])))
    return Followed(len(lookups), instructions, loads, chain, max(one.chain for one in lookups), *rest, *of_core)
