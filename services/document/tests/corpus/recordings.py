"""Sound and film: all by FFmpeg."""

import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg

SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
FILM = ("-f", "lavfi", "-i", "testsrc=size=128x96:rate=10:duration=1")
BOTH = (*FILM, *SOUND)

ORDINARY = {
    "call.mp3": ("audio/mpeg", (*SOUND, "-metadata", "title=A call")),
    "slow.mp3": ("audio/mpeg", (*SOUND, "-ar", "22050", "-b:a", "32k", "-id3v2_version", "0", "-write_xing", "0")),
    "call.m4a": ("audio/mp4", (*SOUND, "-c:a", "aac")),
    "call.wav": ("audio/wav", SOUND),
    "call-24.wav": ("audio/wav", (*SOUND, "-c:a", "pcm_s24le", "-rf64", "never")),
    "call.ogg": ("audio/ogg", (*SOUND, "-c:a", "libvorbis")),
    "call.opus": ("audio/ogg", (*SOUND, "-c:a", "libopus")),
    "leak.mp4": ("video/mp4", (*BOTH, "-c:v", "libx264", "-c:a", "aac")),
    "leak-fast.mp4": ("video/mp4", (*BOTH, "-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart")),
    "leak-pieces.mp4": ("video/mp4", (*BOTH, "-c:v", "mpeg4", "-movflags", "frag_keyframe+empty_moov")),
    "leak.m4v": ("video/mp4", (*BOTH, "-c:v", "libx264", "-c:a", "aac")),
    "leak.mov": ("video/quicktime", (*BOTH, "-c:v", "mpeg4", "-c:a", "aac")),
    "leak.avi": ("video/x-msvideo", (*BOTH, "-c:v", "mpeg4", "-c:a", "mp3")),
    "leak.mkv": ("video/x-matroska", (*BOTH, "-c:v", "mpeg4", "-c:a", "aac")),
    "call.mka": ("video/x-matroska", (*SOUND, "-c:a", "aac")),
    "leak.webm": ("video/webm", (*BOTH, "-c:v", "libvpx", "-c:a", "libopus")),
    "leak.ogv": ("video/ogg", (*BOTH, "-c:v", "libtheora", "-c:a", "libvorbis")),
}
CUT_OFF = {
    "leak.mp4": "NOT_ITS_TYPE",
    "leak.mov": "NOT_ITS_TYPE",
    "leak.avi": "UNREADABLE",
    "leak.mkv": "UNREADABLE",
    "call.wav": "UNREADABLE",
    "call.ogg": "UNREADABLE",
}


def ffmpeg(*arguments: str, target: str) -> bytes:
    """What FFmpeg makes under this name, without anything that differs from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / target
        program = imageio_ffmpeg.get_ffmpeg_exe()
        exact = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
        quiet = ("-v", "error", "-nostdin", "-y")
        subprocess.run([program, *quiet, *arguments, *(() if "+ildct" in arguments else exact), path], check=True)
        return path.read_bytes()


def make(corpus):
    """Adds the recordings."""
    for name, (media_type, arguments) in ORDINARY.items():
        corpus.ordinary(name, media_type, "FFmpeg", ffmpeg(*arguments, target=name))
    for name, reason in CUT_OFF.items():
        content = corpus.read(name)
        corpus.hostile(f"cut-off-{name}", reason, "FFmpeg, cut off", content[: len(content) * 2 // 3])
