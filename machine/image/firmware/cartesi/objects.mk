# SPDX-License-Identifier: Apache-2.0

platform-objs-y += platform.o

FW_JUMP = y
FW_TEXT_START = 0x80000000
FW_JUMP_OFFSET = 0x200000
# SBI_SCRATCH_NO_BOOT_PRINTS
FW_OPTIONS = 1
