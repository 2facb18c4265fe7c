/** Photos are made small on the phone: 10 MB at 400 kbit/s would take three minutes. */

const LONGEST_SIDE = 1024;
const QUALITY = 0.8;

/**
 * @param {File} file a photo as the camera made it
 * @param {number} longest how many pixels its longer side may have
 * @returns {Promise<Blob>} a JPEG of that size or smaller
 * @throws {TypeError} when it is no picture that this browser can read
 */
export async function shrink(file, longest = LONGEST_SIDE) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new TypeError("no picture");
  }
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new TypeError("no picture");
  return blob;
}
