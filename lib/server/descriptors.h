// SPDX-License-Identifier: MIT
// How many descriptors this process may have, and room for them in the kernel's table. At start; any thread.
#pragma once

#include <cstdint>

namespace rt::server {

// To what the hard limit allows. Returns how many that is.
std::uint64_t raise_descriptor_limit();

// Makes the kernel's table of this process large enough for `count`, but not for more than a million. Else it
// doubles as connections come, and each time the thread that accepts one sleeps for some 15 ms until all
// processors have noticed (expand_fdtable() in Linux' fs/file.c): of a storm of reconnects the kernel then
// turns away what it has no room for, and those clients wait for a second.
void make_room_for_descriptors(std::uint64_t count);

}  // namespace rt::server
