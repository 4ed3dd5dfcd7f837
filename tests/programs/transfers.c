/* Signals that do nothing come while a call transfers more than there is room for: all is transferred.
 * SPDX-License-Identifier: MIT */
#include "transfers.h"
