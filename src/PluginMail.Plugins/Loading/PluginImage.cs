using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PluginMail.Plugins.Loading;

/// <summary>What an assembly says of itself, read without loading it.</summary>
/// <param name="File">The file's name, for what is said of it.</param>
/// <param name="Version">The assembly's version.</param>
/// <param name="References">The assemblies it refers to.</param>
internal sealed record PluginImage(string File, string Version, ImmutableArray<AssemblyName> References)
{
    /// <summary>Reads an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PluginRejectedException">The file is no managed assembly, or not all of one.</exception>
    public static PluginImage Read(string path) =>
        TryRead(path) ?? throw new PluginRejectedException($"{Path.GetFileName(path)} is not a .NET assembly");

    /// <summary>Reads an assembly, and passes over native libraries.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says; null where it has no metadata.</returns>
    /// <exception cref="PluginRejectedException">It is not a whole file of its kind.</exception>
    public static PluginImage? TryRead(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            if (stream.Length == 0)
            {
                throw new PluginRejectedException($"{name} is not a whole .NET assembly: it is empty") { IsUnfinished = true };
            }

            using var file = new PEReader(stream);
            CheckSections(file, stream.Length, name);
            if (!file.HasMetadata)
            {
                return null;
            }

            var reader = file.GetMetadataReader();
            return new PluginImage(
                name,
                reader.GetAssemblyDefinition().Version.ToString(3),
                [.. reader.AssemblyReferences.Select(handle => reader.GetAssemblyReference(handle).GetAssemblyName())]);
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException)
        {
            throw new PluginRejectedException($"{name} is not a whole .NET assembly: {e.Message}") { IsUnfinished = true };
        }
    }

    /// <summary>Refuses a contract that this server does not offer: another major version, or a newer minor one.</summary>
    /// <param name="offered">What the server offers.</param>
    /// <exception cref="PluginRejectedException">It does not fit.</exception>
    public void CheckContract(Version offered)
    {
        var built = References.FirstOrDefault(reference => reference.Name == SharedAssemblies.ContractName)?.Version
            ?? throw new PluginRejectedException($"{File} does not refer to {SharedAssemblies.ContractName}: it is not a plugin");
        if (built.Major != offered.Major || built.Minor > offered.Minor)
        {
            throw new PluginRejectedException(
                $"{File} was built against {SharedAssemblies.ContractName} {built.ToString(3)}; this server offers {offered.ToString(3)} " +
                $"and runs plugins built against {offered.Major}.0 to {offered.Major}.{offered.Minor}");
        }
    }

    /// <summary>Refuses references that lead nowhere.</summary>
    /// <param name="references">Where they lead.</param>
    /// <exception cref="PluginRejectedException">One is neither shared nor in the folder.</exception>
    public void CheckReferences(PluginReferences references)
    {
        string[] missing = [.. References.Where(reference => !references.CanResolve(reference)).Select(reference => reference.Name!)];
        if (missing.Length > 0)
        {
            throw new PluginRejectedException(
                $"{File} needs {string.Join(", ", missing)}, which is neither in its folder nor shared by the server");
        }
    }

    /// <summary>Refuses references to what the server shares in an older version: the runtime would, when the first call comes that needs it.</summary>
    /// <param name="shared">What the server shares.</param>
    /// <exception cref="PluginRejectedException">One asks for more than the server has.</exception>
    public void CheckShared(SharedAssemblies shared)
    {
        string[] newer =
        [
            .. References
                .Select(reference => (Asked: reference, Shared: shared.VersionOf(reference.Name!)))
                .Where(pair => pair.Shared is not null && pair.Asked.Version > pair.Shared)
                .Select(pair => $"{pair.Asked.Name} {pair.Asked.Version}, and this server has {pair.Shared}"),
        ];
        if (newer.Length > 0)
        {
            throw new PluginRejectedException($"{File} was built against {string.Join("; against ", newer)}, which plugins share");
        }
    }

    /// <summary>A truncated file can have whole metadata; mapping it would end the process at the first missing page.</summary>
    private static void CheckSections(PEReader file, long length, string name)
    {
        if (file.PEHeaders.SectionHeaders.Any(section => section.PointerToRawData + (long)section.SizeOfRawData > length))
        {
            throw new PluginRejectedException($"{name} is cut off: it is being written, or was copied in part") { IsUnfinished = true };
        }
    }
}
