using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace PluginMail.Plugins.Loading;

/// <summary>What a plugin's assembly says of itself, read without loading it.</summary>
/// <param name="Version">The assembly's version.</param>
/// <param name="References">The assemblies it refers to.</param>
internal sealed record PluginImage(string Version, ImmutableArray<AssemblyName> References)
{
    /// <summary>Reads an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PluginRejectedException">The file is no managed assembly, or not all of one.</exception>
    public static PluginImage Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var file = new PEReader(stream);
            if (!file.HasMetadata)
            {
                throw new PluginRejectedException($"{Path.GetFileName(path)} is not a .NET assembly");
            }

            CheckSections(file, stream.Length, path);
            var reader = file.GetMetadataReader();
            return new PluginImage(
                reader.GetAssemblyDefinition().Version.ToString(3),
                [.. reader.AssemblyReferences.Select(handle => reader.GetAssemblyReference(handle).GetAssemblyName())]);
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException)
        {
            throw new PluginRejectedException($"{Path.GetFileName(path)} is not a whole .NET assembly: {e.Message}");
        }
    }

    /// <summary>Refuses a contract that this server does not offer: another major version, or a newer minor one.</summary>
    /// <param name="offered">What the server offers.</param>
    /// <exception cref="PluginRejectedException">It does not fit.</exception>
    public void CheckContract(Version offered)
    {
        var built = References.FirstOrDefault(reference => reference.Name == SharedAssemblies.ContractName)?.Version
            ?? throw new PluginRejectedException($"does not refer to {SharedAssemblies.ContractName}: it is not a plugin");
        if (built.Major != offered.Major || built.Minor > offered.Minor)
        {
            throw new PluginRejectedException(
                $"was built against {SharedAssemblies.ContractName} {built.ToString(3)}; this server offers {offered.ToString(3)} " +
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
                $"needs {string.Join(", ", missing)}, which is neither in its folder nor shared by the server");
        }
    }

    /// <summary>A truncated file can have whole metadata; mapping it would end the process at the first missing page.</summary>
    private static void CheckSections(PEReader file, long length, string path)
    {
        if (file.PEHeaders.SectionHeaders.Any(section => section.PointerToRawData + (long)section.SizeOfRawData > length))
        {
            throw new PluginRejectedException($"{Path.GetFileName(path)} is cut off");
        }
    }
}
