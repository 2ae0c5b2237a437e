"""The overhead camera: MuJoCo draws what is there, the sensor and the light add what is not exact."""

from __future__ import annotations

import ctypes
import importlib
import math
import os
import weakref
from typing import Protocol

import cv2
import mujoco
import numpy as np
from numpy.typing import NDArray

from host.twin.errors import RendererError
from host.twin.model import HEIGHT_PX, WIDTH_PX, Handles
from host.twin.noise import CameraNoise, bounded_normal

__all__ = ["GLANCE_SIZE", "Camera"]

GLANCE_SIZE = (320, 180)
"""Width and height of the small pictures of the watch stream, such as a sensor gives that joins pixels."""
_JOINED = WIDTH_PX // GLANCE_SIZE[0]

_BANK_MARGIN = 256
# Where the shadow of a point falls, per metre of its height (against the main light of the model).
_SHADOW_X, _SHADOW_Y = 0.35, -0.25
_SHADOW_LAYERS = ((1.0, 0.16), (1.09, 0.12))


class _Context(Protocol):
    def make_current(self) -> None: ...
    def free(self) -> None: ...


def _context() -> _Context:
    """An off-screen OpenGL context: EGL where it has a device, else OSMesa, or what MUJOCO_GL names."""
    wish = os.environ.get("MUJOCO_GL", "").strip().lower()
    names = [wish] if wish in {"egl", "osmesa"} else ["egl", "osmesa"]
    if "egl" in names and not _egl_has_device():
        names.remove("egl")
    for name in names:
        # PyOpenGL binds to one platform for the life of the process, so the choice is made before it loads.
        os.environ.setdefault("PYOPENGL_PLATFORM", name)
        try:
            module = importlib.import_module(f"mujoco.{name}")
            context: _Context = module.GLContext(WIDTH_PX, HEIGHT_PX)
            context.make_current()
        except Exception:
            continue
        return context
    raise RendererError(
        "no off-screen OpenGL: install libegl1, libegl-mesa0 and libgl1-mesa-dri (or libosmesa6)"
    )


def _egl_has_device() -> bool:
    try:
        egl = ctypes.CDLL("libEGL.so.1")
        egl.eglGetProcAddress.restype = ctypes.c_void_p
        address = egl.eglGetProcAddress(b"eglQueryDevicesEXT")
    except (OSError, AttributeError):
        return False
    if not address:
        return False
    kind = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int))
    count = ctypes.c_int(0)
    return bool(kind(address)(0, None, ctypes.byref(count))) and count.value > 0


class Camera:
    """Renders frames of one model. Sensor noise depends on seed and frame number alone, never on physics."""

    def __init__(self, model: mujoco.MjModel, handles: Handles, noise: CameraNoise, seed: int) -> None:
        self._context = _context()
        self._model = model
        self._data = mujoco.MjData(model)
        self._handles = handles
        self._noise = noise
        self._seed = seed
        self.frames = 0
        self._scene = mujoco.MjvScene(model, maxgeom=600)
        self._render = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
        # Also runs at the end of the process, while OpenGL still answers.
        self._finalizer = weakref.finalize(self, _free, self._render, self._context)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._render)
        self._view = mujoco.MjvCamera()
        self._view.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._view.fixedcamid = handles.camera
        self._options = mujoco.MjvOption()
        self._options.geomgroup[3:] = 0
        self._options.sitegroup[:] = 0
        self._pixels = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
        # MuJoCo turns meshes into their inertia frame; this turns the shadow's back.
        self._shadow_turn = np.zeros(9)
        mujoco.mju_quat2Mat(self._shadow_turn, model.mesh_quat[handles.shadow_mesh])
        rng = np.random.default_rng([seed, 0xCA3])
        shape = (HEIGHT_PX + _BANK_MARGIN, WIDTH_PX, 3)
        self._bank = np.rint(rng.standard_normal(shape, dtype=np.float32) * noise.pixel_sigma_levels).astype(
            np.int16
        )
        self._gain = self._light(rng)
        self._small = np.zeros((GLANCE_SIZE[1], GLANCE_SIZE[0], 3), np.uint8)
        self._small_gain = np.ascontiguousarray(self._gain[_JOINED // 2 :: _JOINED, _JOINED // 2 :: _JOINED])
        radial = bounded_normal(rng, noise.radial_sigma, noise.radial_max)
        first, second = (
            bounded_normal(rng, noise.tangential_sigma, noise.tangential_max) for _ in range(2)
        )
        self._bend, self._small_bend = (
            self._lens(size, radial, first, second) for size in ((WIDTH_PX, HEIGHT_PX), GLANCE_SIZE)
        )

    def _lens(
        self, size: tuple[int, int], radial: float, first: float, second: float
    ) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
        """Where each pixel of a picture of `size` looks in the undistorted drawing (a map for `cv2.remap`).

        Brown's model with one radial and two tangential terms, about the middle of the picture; the
        inverse is found by fixed-point iteration.
        """
        width, height = size
        half = math.radians(float(self._model.cam_fovy[self._handles.camera])) / 2
        focal = height / 2 / math.tan(half)
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        columns, rows = np.meshgrid(np.arange(width), np.arange(height))
        seen_x, seen_y = (columns - middle[0]) / focal, (rows - middle[1]) / focal
        x, y = seen_x, seen_y
        for _ in range(8):
            square = x * x + y * y
            scale = 1.0 + radial * square
            x, y = (
                (seen_x - 2 * first * x * y - second * (square + 2 * x * x)) / scale,
                (seen_y - first * (square + 2 * y * y) - 2 * second * x * y) / scale,
            )
        drawn = [(each * focal + at).astype(np.float32) for each, at in zip((x, y), middle, strict=True)]
        maps = cv2.convertMaps(drawn[0], drawn[1], cv2.CV_16SC2)
        return np.asarray(maps[0], dtype=np.int16), np.asarray(maps[1], dtype=np.uint16)

    def _light(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """The gain of each pixel: exposure, white balance, slope of the light and fall-off of the lens."""
        noise = self._noise
        exposure = 1.0 + float(rng.uniform(-1, 1)) * noise.gain_spread
        balance = 1.0 + rng.uniform(-1, 1, 3) * noise.white_balance_spread
        x, y = np.meshgrid(np.linspace(-1, 1, WIDTH_PX), np.linspace(-0.5625, 0.5625, HEIGHT_PX))
        slope = rng.uniform(-1, 1, 2) * noise.slope_spread
        shade = (1.0 + slope[0] * x + slope[1] * y) * (1.0 - 0.10 * (x * x + y * y))
        return np.asarray(exposure * shade[..., None] * balance, dtype=np.float32)

    def render(self, world: mujoco.MjData) -> NDArray[np.uint8]:
        """The picture of `world`: uint8 BGR (720, 1280, 3), image up is away from the robot."""
        self._draw(world, self._pixels)
        return self._expose(self._pixels)

    def glance(self, world: mujoco.MjData, stamp: int) -> NDArray[np.uint8]:
        """A small picture of `world`, uint8 BGR (180, 320, 3); its noise is drawn from seed and `stamp`."""
        self._draw(world, self._small)
        rng = np.random.default_rng([self._seed, 0x61A, stamp])
        flicker = 1.0 + float(rng.normal(0.0, self._noise.flicker_sigma))
        upright = np.ascontiguousarray(self._small[::-1, :, ::-1])
        picture = cv2.remap(upright, *self._small_bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        lit = cv2.multiply(picture, self._small_gain, scale=flicker, dtype=cv2.CV_16S)
        row = int(rng.integers(0, _BANK_MARGIN))
        width, height = GLANCE_SIZE
        grain = self._bank[row : row + height, :width]
        return np.asarray(cv2.add(lit, np.ascontiguousarray(grain), dtype=cv2.CV_8U), dtype=np.uint8)

    def _draw(self, world: mujoco.MjData, pixels: NDArray[np.uint8]) -> None:
        """Draw `world` into `pixels` (H, W, 3), RGB, rows from the bottom."""
        self._context.make_current()
        # A state of the camera's own, all awake: looking leaves no trace in the physics.
        data = self._data
        data.qpos[:], data.mocap_pos[:] = world.qpos, world.mocap_pos
        mujoco.mj_kinematics(self._model, data)
        mujoco.mj_camlight(self._model, data)
        scene = self._scene
        mujoco.mjv_updateScene(
            self._model, data, self._options, None, self._view, int(mujoco.mjtCatBit.mjCAT_ALL), scene
        )
        scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        self._cast_shadows(data)
        height, width = pixels.shape[:2]
        window = mujoco.MjrRect(0, 0, width, height)
        mujoco.mjr_render(window, scene, self._render)
        mujoco.mjr_readPixels(pixels, None, window, self._render)

    def _cast_shadows(self, data: mujoco.MjData) -> None:
        """Dark spots beside the pieces, meshes of a few triangles: far cheaper than shadow maps."""
        scene = self._scene
        for layer, (scale, alpha) in enumerate(_SHADOW_LAYERS):
            colour = np.array([0.05, 0.04, 0.03, alpha], np.float32)
            for body in self._handles.piece_body:
                if scene.ngeom >= scene.maxgeom:
                    return
                x, y, z = data.xpos[body]
                at = np.array([x + _SHADOW_X * z, y + _SHADOW_Y * z, 0.0003 + 0.0002 * layer])
                geom = scene.geoms[scene.ngeom]
                size = np.zeros(3)
                mujoco.mjv_initGeom(
                    geom, mujoco.mjtGeom.mjGEOM_MESH, size, at, scale * self._shadow_turn, colour
                )
                geom.dataid = 2 * self._handles.shadow_mesh
                scene.ngeom += 1

    def _expose(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        rng = np.random.default_rng([self._seed, self.frames])
        self.frames += 1
        flicker = 1.0 + float(rng.normal(0.0, self._noise.flicker_sigma))
        row = int(rng.integers(0, _BANK_MARGIN))
        # OpenGL reads rows bottom up and colours as RGB.
        upright = np.ascontiguousarray(pixels[::-1, :, ::-1])
        picture = np.asarray(
            cv2.remap(upright, *self._bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
        )
        if self._noise.blur_px > 0.0:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), self._noise.blur_px), dtype=np.uint8)
        lit = cv2.multiply(picture, self._gain, scale=flicker, dtype=cv2.CV_16S)
        return np.asarray(cv2.add(lit, self._bank[row : row + HEIGHT_PX], dtype=cv2.CV_8U), dtype=np.uint8)

    def close(self) -> None:
        """Free the OpenGL context; the camera cannot be used after."""
        self._finalizer()


def _free(render: mujoco.MjrContext, context: _Context) -> None:
    # What is freed are numbers of the current context: with another world's current, its textures would go.
    context.make_current()
    render.free()
    context.free()
