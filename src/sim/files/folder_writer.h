// The files of an image as files of the system under us.
#pragma once

#include <pinfold/result.h>

#include "sim/files/erofs_image.h"

namespace pinfold::sim {

/// Copies all that is in the image into the folder `at` (a descriptor), for systems that can
/// neither mount nor serve it. Nodes that are one in the image become hard links as far as the file
/// system goes along. What is there already is an error; after an error the folder is half full.
/// Kind `system` with the path in the image.
Result<void> write_folder(const ErofsImage& image, int at);

}  // namespace pinfold::sim
