using System.Runtime.Versioning;

// Signals, file modes, and the programs that are tested with.
[assembly: SupportedOSPlatform("linux")]
