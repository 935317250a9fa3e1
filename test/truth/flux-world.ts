import { type ApplyRecorder, startApplyRecorder } from '../cluster/apply-recorder.ts';
import { type ArtifactServer, startArtifactServer } from '../cluster/artifact-server.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds } from '../cluster/crds.ts';
import { type FluxController, startFluxController } from '../cluster/flux-controller.ts';

/** A control plane with a real kustomize-controller, a place to serve artifacts from, and all that it sends to be applied. */
export interface FluxWorld {
  plane: ControlPlane;
  controller: FluxController;
  artifacts: ArtifactServer;
  recorder: ApplyRecorder;
  /** Ends everything. */
  stop(): Promise<void>;
}

/** Starts one; about 10 s when its programs are built. */
export async function startFluxWorld(options: ControlPlaneOptions = {}): Promise<FluxWorld> {
  const plane = await startControlPlane(options);
  const artifacts = await startArtifactServer();
  const recorder = await startApplyRecorder(plane);
  await plane.admin.installCrds(await fluxCrds());
  await plane.admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
  const controller = await startFluxController(recorder.kubeconfig('admin'));
  return {
    plane,
    controller,
    artifacts,
    recorder,
    async stop() {
      await controller.stop();
      await recorder.close();
      await artifacts.close();
      await plane.stop();
    },
  };
}
