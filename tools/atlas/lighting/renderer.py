"""The light on one view, by Blender's Cycles: python renderer.py JOB.npz OUT.npz.

Runs in an environment of its own (render-requirements.txt), for bpy wants other versions than the
rest of the build. Light and gloss come apart, for skin of no colour: colour is put on afterwards
(paint.py), so all skin tones share one light and the lines of brows and lips stay sharp.

Never call a module of this folder cycles: the folder comes first on the path of this script, and
Blender's own module of that name, which registers the renderer, would not be found.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

GREY = 0.55  # what the skin throws back while the light is drawn
FAR = 40.0  # decimetres from the subject to the eye


def main() -> None:
    """Draw the light of the job and write it as arrays `light`, `gloss` and `alpha`."""
    job = dict(np.load(sys.argv[1]))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    skin(job)
    camera(scene, job)
    lamps(scene, job)
    settings(scene, job)
    with tempfile.TemporaryDirectory() as folder:
        nodes(scene, folder)
        bpy.ops.render.render()
        found = {name: read(Path(folder) / f"{name}0001.exr") for name in ("light", "gloss")}
    np.savez(
        sys.argv[2],
        light=found["light"][..., :3].astype(np.float16),
        gloss=found["gloss"][..., :3].astype(np.float16),
        alpha=found["light"][..., 3].astype(np.float16),
    )


def skin(job: dict[str, np.ndarray]) -> None:
    """The body as two meshes of one skin: what throws shadows, and what throws none."""
    material = bpy.data.materials.new("skin")
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (GREY, GREY, GREY, 1)
    shader.inputs["Roughness"].default_value = 0.42
    shader.inputs["Specular IOR Level"].default_value = 0.45
    shader.inputs["Subsurface Weight"].default_value = float(job["subsurface"])
    # Millimetres that red, green and blue light travel in skin (Jensen et al., SIGGRAPH 2001).
    shader.inputs["Subsurface Radius"].default_value = (0.0367, 0.0137, 0.0068)
    shader.inputs["Subsurface Scale"].default_value = 1.0
    for shadowless in (False, True):
        chosen = job["triangles"][job["shadowless"] == shadowless]
        if len(chosen):
            item = solid(job["points"], job["normals"], chosen)
            item.data.materials.append(material)
            item.visible_shadow = not shadowless
            bpy.context.collection.objects.link(item)


def solid(points: np.ndarray, normals: np.ndarray, triangles: np.ndarray) -> bpy.types.Object:
    """A smooth mesh; its normals are the whole body's, so that no seam shows where parts meet."""
    used, corners = np.unique(triangles, return_inverse=True)
    corners = corners.astype(np.int32).ravel()
    body = bpy.data.meshes.new("skin")
    body.vertices.add(len(used))
    body.vertices.foreach_set("co", points[used].astype(np.float32).ravel())
    body.loops.add(len(corners))
    body.loops.foreach_set("vertex_index", corners)
    body.polygons.add(len(triangles))
    body.polygons.foreach_set("loop_start", np.arange(0, len(corners), 3, dtype=np.int32))
    body.polygons.foreach_set("use_smooth", np.ones(len(triangles), dtype=bool))
    body.update()
    body.normals_split_custom_set_from_vertices(normals[used].astype(np.float32).tolist())
    return bpy.data.objects.new("skin", body)


def eye(job: dict[str, np.ndarray]) -> Matrix:
    """Rotation from the eye's frame (right, up, toward) to the body's."""
    return Matrix([[float(job[axis][i]) for axis in ("right", "up", "toward")] for i in range(3)])


def camera(scene: bpy.types.Scene, job: dict[str, np.ndarray]) -> None:
    """A parallel projection with the frame of the atlas."""
    data = bpy.data.cameras.new("eye")
    data.type = "ORTHO"
    data.sensor_fit = "VERTICAL"
    data.ortho_scale = float(job["span"])
    data.clip_end = 4 * FAR
    item = bpy.data.objects.new("eye", data)
    across, up = (float(place) for place in job["centre"])
    right, upward, toward = (Vector(job[axis].tolist()) for axis in ("right", "up", "toward"))
    at = right * across + upward * up + toward * FAR
    item.matrix_world = Matrix.Translation(at) @ eye(job).to_4x4()
    bpy.context.collection.objects.link(item)
    scene.camera = item


def lamps(scene: bpy.types.Scene, job: dict[str, np.ndarray]) -> None:
    """Lamps of the job around the subject: place in the eye's frame, size and strength."""
    frame = eye(job)
    middle = frame @ Vector((float(job["centre"][0]), float(job["centre"][1]), float(job["depth"])))
    reach = float(job["reach"])
    for x, y, z, size, power in job["lamps"].tolist():
        data = bpy.data.lights.new("lamp", "AREA")
        data.shape = "DISK"
        data.size = size * reach
        data.energy = power * reach * reach
        item = bpy.data.objects.new("lamp", data)
        offset = frame @ Vector((x, y, z)) * reach
        turned = offset.to_track_quat("Z", "Y").to_matrix().to_4x4()
        item.matrix_world = Matrix.Translation(middle + offset) @ turned
        bpy.context.collection.objects.link(item)
    world = bpy.data.worlds.new("room")
    scene.world = world
    world.use_nodes = True
    ground = world.node_tree.nodes["Background"]
    ground.inputs[0].default_value = (1, 1, 1, 1)
    ground.inputs[1].default_value = float(job["room"])


def settings(scene: bpy.types.Scene, job: dict[str, np.ndarray]) -> None:
    """Cycles on the processor, with a fixed seed."""
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = int(job["samples"])
    scene.cycles.seed = 17
    scene.cycles.use_denoising = False  # the compositor does it, pass by pass
    scene.cycles.max_bounces = 4
    scene.render.film_transparent = True
    scene.render.resolution_x, scene.render.resolution_y = (int(n) for n in job["pixels"])
    layer = scene.view_layers[0]
    layer.use_pass_diffuse_direct = layer.use_pass_diffuse_indirect = True
    layer.use_pass_glossy_direct = layer.use_pass_glossy_indirect = True
    layer.use_pass_glossy_color = True
    layer.cycles.denoising_store_passes = True


def nodes(scene: bpy.types.Scene, folder: str) -> None:
    """Add the passes up, take their grain away, and write them with the alpha."""
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    source = tree.nodes.new("CompositorNodeRLayers")
    output = tree.nodes.new("CompositorNodeOutputFile")
    output.base_path = folder
    output.format.file_format = "OPEN_EXR"
    output.format.color_mode = "RGBA"
    output.format.color_depth = "32"
    output.file_slots.clear()
    for name, kind in (("light", "Diff"), ("gloss", "Gloss")):
        total = tree.nodes.new("CompositorNodeMixRGB")
        total.blend_type = "ADD"
        tree.links.new(source.outputs[f"{kind}Dir"], total.inputs[1])
        tree.links.new(source.outputs[f"{kind}Ind"], total.inputs[2])
        calm = tree.nodes.new("CompositorNodeDenoise")
        tree.links.new(total.outputs[0], calm.inputs["Image"])
        tree.links.new(source.outputs["Denoising Normal"], calm.inputs["Normal"])
        tree.links.new(source.outputs["Denoising Albedo"], calm.inputs["Albedo"])
        clear = tree.nodes.new("CompositorNodeSetAlpha")
        clear.mode = "REPLACE_ALPHA"
        tree.links.new(calm.outputs[0], clear.inputs["Image"])
        tree.links.new(source.outputs["Alpha"], clear.inputs["Alpha"])
        output.file_slots.new(name)
        tree.links.new(clear.outputs[0], output.inputs[name])


def read(path: Path) -> np.ndarray:
    """An EXR file as an array (h, w, 4), the first row on top."""
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"
    width, height = image.size
    flat = np.empty(width * height * 4, dtype=np.float32)
    image.pixels.foreach_get(flat)
    return flat.reshape(height, width, 4)[::-1]


if __name__ == "__main__":
    main()
